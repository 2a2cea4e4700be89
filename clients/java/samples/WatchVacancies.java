import java.io.IOException;
import java.nio.file.Paths;
import org.example.exchange.client.ConnectOptions;
import org.example.exchange.client.ExchangeClient;
import org.example.exchange.client.FileToken;
import org.example.exchange.client.TokenStore;
import org.example.exchange.v1.VacancyFilter;
import org.example.exchange.v1.VacancyRecord;
import org.example.exchange.v1.WatchVacanciesResponse;

/** Watches vacancies: watch_vacancies TOKEN_FILE [COUNT]. Ends after COUNT lines; without it, with ctrl-C. */
final class WatchVacancies {
  private final Teller teller;
  private final TokenStore token;

  private WatchVacancies(Teller teller, TokenStore token) {
    this.teller = teller;
    this.token = token;
  }

  // readme: watch
  // Write what happened to your own system here. The token is saved after this has returned.
  void apply(WatchVacanciesResponse response) {
    if (response.hasVacancy()) {
      VacancyRecord vacancy = response.getVacancy();
      teller.tell("+ " + vacancy.getExternalKey().getSourceId() + " " + vacancy.getVacancy().getTitle());
    } else if (response.hasRemoved()) {
      teller.tell("- a vacancy");
    } else {
      teller.tell("= the snapshot is complete: drop what it didn't contain");
    }
  }

  void run() throws IOException, InterruptedException {
    VacancyFilter filter = VacancyFilter.newBuilder().setSource("dongguan-hr").build();
    try (ExchangeClient client =
        ExchangeClient.connect(System.getenv("EXCHANGE_ADDRESS"), ConnectOptions.fromEnvironment())) {
      client.watchVacancies(filter, token, () -> teller.tell("= a snapshot begins"), this::apply);
    }
  }
  // readme: end

  public static void main(String[] arguments) throws IOException {
    int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
    try {
      new WatchVacancies(new Teller(count), new FileToken(Paths.get(arguments[0]))).run();
    } catch (InterruptedException over) {
      // Ended after its lines.
    }
  }
}
