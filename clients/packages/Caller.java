import java.io.IOException;
import org.example.exchange.client.ConnectOptions;
import org.example.exchange.client.ExchangeClient;
import org.example.exchange.v1.GetNodeRequest;
import org.example.exchange.v1.NodeServiceGrpc;

final class Caller {
  private Caller() {}

  public static void main(String[] arguments) throws IOException {
    try (ExchangeClient client =
        ExchangeClient.connect(System.getenv("EXCHANGE_ADDRESS"), ConnectOptions.fromEnvironment())) {
      System.out.println(
          client.call(NodeServiceGrpc.getGetNodeMethod(), GetNodeRequest.getDefaultInstance()).getNode().getId());
    }
  }
}
