import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.example.exchange.client.ConnectOptions;
import org.example.exchange.client.ExchangeClient;
import org.example.exchange.client.ExchangeException;
import org.example.exchange.client.MemoryToken;
import org.example.exchange.v1.ExternalKey;
import org.example.exchange.v1.GetVacancyRequest;
import org.example.exchange.v1.Place;
import org.example.exchange.v1.PublishVacancyItem;
import org.example.exchange.v1.PutRecordAnswer;
import org.example.exchange.v1.Vacancy;
import org.example.exchange.v1.VacancyFilter;
import org.example.exchange.v1.VacancyRecord;
import org.example.exchange.v1.VacancyServiceGrpc;
import org.example.exchange.v1.VacancyStatus;
import org.example.exchange.v1.WatchVacanciesResponse;

/** From nothing to a resumed stream of vacancies in one go, with what can go wrong on the way. */
final class Walkthrough {
  private static final VacancyStatus OPEN = VacancyStatus.VACANCY_STATUS_OPEN;
  private static final VacancyStatus FILLED = VacancyStatus.VACANCY_STATUS_FILLED;

  private final ExchangeClient client;

  private Walkthrough(ExchangeClient client) {
    this.client = client;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (ExchangeClient client =
        ExchangeClient.connect(System.getenv("EXCHANGE_ADDRESS"), ConnectOptions.fromEnvironment())) {
      new Walkthrough(client).run();
    }
  }

  private void run() throws InterruptedException {
    System.out.println("1. Two vacancies are published. Each is answered by itself.");
    List<PutRecordAnswer> answers = publish("first", item("JOB-1", "鞋厂普工", OPEN, ""), item("JOB-2", "焊工", OPEN, ""));
    System.out.println("   " + answers.stream().filter(PutRecordAnswer::getCreated).count() + " are new");

    System.out.println("2. The same stream is published again, as after a crash. Nothing is sent twice.");
    List<PutRecordAnswer> again = publish("first", item("JOB-1", "鞋厂普工", OPEN, ""), item("JOB-2", "焊工", OPEN, ""));
    System.out.println("   " + again.size() + " were sent");

    System.out.println("3. A watch without a token begins with a snapshot.");
    MemoryToken token = new MemoryToken();
    watch(token, 4);

    System.out.println("4. One is filled and one is new. The watch goes on from its token and tells only that.");
    publish("second", item("JOB-1", "鞋厂普工", FILLED, ""), item("JOB-3", "质检员", OPEN, ""));
    watch(token, 2);

    System.out.println("5. Somebody updates from an old version and is refused.");
    VacancyRecord read = get(answers.get(1).getId());
    publish("third", item("JOB-2", "焊工（夜班）", OPEN, read.getEtag()));
    List<PutRecordAnswer> late = publish("fourth", item("JOB-2", "电焊工", OPEN, read.getEtag()));
    System.out.println("   " + ExchangeException.of(late.get(0).getError()).reason());

    System.out.println("6. What isn't there is an error with a reason.");
    try {
      get("019a0000-0000-7000-8000-000000000000");
    } catch (ExchangeException error) {
      System.out.println("   " + error.code() + " " + error.reason());
    }
  }

  private VacancyRecord get(String id) {
    GetVacancyRequest request = GetVacancyRequest.newBuilder().setId(id).build();
    return client.call(VacancyServiceGrpc.getGetVacancyMethod(), request).getVacancy();
  }

  private static PublishVacancyItem item(String job, String title, VacancyStatus status, String etag) {
    return PublishVacancyItem.newBuilder()
        .setExternalKey(ExternalKey.newBuilder().setSource("walkthrough").setSourceId(job))
        .setEtag(etag)
        .setVacancy(Vacancy.newBuilder()
            .setTitle(title).setWorkPlace(Place.newBuilder().setWords("东莞")).setStatus(status))
        .build();
  }

  private List<PutRecordAnswer> publish(String stream, PublishVacancyItem... items) throws InterruptedException {
    List<PutRecordAnswer> answers = new ArrayList<>();
    client.publishVacancies("walkthrough", stream,
        number -> Arrays.asList(items).subList((int) number, items.length), (item, answer) -> answers.add(answer));
    return answers;
  }

  // Watches until so many lines were told.
  private void watch(MemoryToken token, int count) {
    Teller teller = new Teller(count);
    VacancyFilter filter = VacancyFilter.newBuilder().setSource("walkthrough").addStatuses(OPEN).build();
    try {
      client.watchVacancies(filter, token, () -> teller.tell("   = begins"), response -> apply(response, teller));
    } catch (InterruptedException over) {
      // Ended after its lines.
    }
  }

  private static void apply(WatchVacanciesResponse response, Teller teller) {
    if (response.hasVacancy()) {
      VacancyRecord vacancy = response.getVacancy();
      teller.tell("   + " + vacancy.getExternalKey().getSourceId() + " " + vacancy.getVacancy().getTitle());
    } else {
      teller.tell(response.hasRemoved() ? "   - a vacancy" : "   = complete");
    }
  }
}
