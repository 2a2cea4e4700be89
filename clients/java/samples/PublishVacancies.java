import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.example.exchange.client.ConnectOptions;
import org.example.exchange.client.ExchangeClient;
import org.example.exchange.client.ExchangeException;
import org.example.exchange.v1.ExternalKey;
import org.example.exchange.v1.Place;
import org.example.exchange.v1.PublishVacancyItem;
import org.example.exchange.v1.PutRecordAnswer;
import org.example.exchange.v1.Vacancy;
import org.example.exchange.v1.VacancyStatus;

/** Publishes three vacancies, one of them bad. Run it twice: the second time it goes on at the refused one. */
final class PublishVacancies {
  // readme: publish
  static final List<PublishVacancyItem> ITEMS =
      Arrays.asList(item("JOB-1", "鞋厂普工", 200), item("JOB-2", "质检员", -1), item("JOB-3", "焊工", 15));

  static PublishVacancyItem item(String job, String title, int headcount) {
    return PublishVacancyItem.newBuilder()
        .setExternalKey(ExternalKey.newBuilder().setSource("dongguan-hr").setSourceId(job))
        .setVacancy(Vacancy.newBuilder()
            .setTitle(title)
            .setHeadcount(headcount)
            .setWorkPlace(Place.newBuilder().setDivisionCode("4419").setWords("东莞市大岭山镇"))
            .setStatus(VacancyStatus.VACANCY_STATUS_OPEN))
        .build();
  }

  static List<PublishVacancyItem> itemsAfter(long number) {
    System.out.println(number + " were answered before");
    return ITEMS.subList((int) number, ITEMS.size());
  }

  static void answered(PublishVacancyItem item, PutRecordAnswer answer) {
    String job = item.getExternalKey().getSourceId();
    if (answer.hasError()) {
      ExchangeException error = ExchangeException.of(answer.getError());
      System.out.println(job + " refused: " + error.reason() + " " + error.violations().get(0).field());
    } else {
      System.out.println(job + " accepted");
    }
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (ExchangeClient client =
        ExchangeClient.connect(System.getenv("EXCHANGE_ADDRESS"), ConnectOptions.fromEnvironment())) {
      client.publishVacancies("dongguan-hr", "sample", PublishVacancies::itemsAfter, PublishVacancies::answered);
    }
  }
  // readme: end
}
