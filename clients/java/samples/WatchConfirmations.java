import com.google.type.Date;
import java.io.IOException;
import java.nio.file.Paths;
import org.example.exchange.client.ConnectOptions;
import org.example.exchange.client.ExchangeClient;
import org.example.exchange.client.FileToken;
import org.example.exchange.client.TokenStore;
import org.example.exchange.v1.Placement;
import org.example.exchange.v1.PlacementFilter;
import org.example.exchange.v1.WatchPlacementsResponse;

/** Watches how placements stand, by the publisher's own job code: watch_confirmations TOKEN_FILE [COUNT]. */
final class WatchConfirmations {
  private final Teller teller;
  private final TokenStore token;

  private WatchConfirmations(Teller teller, TokenStore token) {
    this.teller = teller;
    this.token = token;
  }

  // readme: confirmations
  // Write the new state to your own system here. The token is saved after this has returned.
  void apply(WatchPlacementsResponse response) {
    if (response.hasPlacement()) {
      Placement placement = response.getPlacement();
      Date day = placement.getStateDate();
      teller.tell(String.format("%s %s %04d-%02d-%02d",
          placement.getVacancySourceId(), placement.getState(), day.getYear(), day.getMonth(), day.getDay()));
    } else if (response.hasRemoved()) {
      teller.tell("- a placement");
    } else {
      teller.tell("= the snapshot is complete: drop what it didn't contain");
    }
  }

  void run() throws IOException, InterruptedException {
    try (ExchangeClient client =
        ExchangeClient.connect(System.getenv("EXCHANGE_ADDRESS"), ConnectOptions.fromEnvironment())) {
      client.watchPlacements(
          PlacementFilter.getDefaultInstance(), token, () -> teller.tell("= a snapshot begins"), this::apply);
    }
  }
  // readme: end

  public static void main(String[] arguments) throws IOException {
    int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
    try {
      new WatchConfirmations(new Teller(count), new FileToken(Paths.get(arguments[0]))).run();
    } catch (InterruptedException over) {
      // Ended after its lines.
    }
  }
}
