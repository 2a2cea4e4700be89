import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.Message;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.example.exchange.client.ExchangeClient;
import org.example.exchange.client.ExchangeException;
import org.example.exchange.client.MemoryToken;
import org.example.exchange.v1.PlacementFilter;
import org.example.exchange.v1.VacancyFilter;

/** A watch of a scenario, which goes on in the background. */
final class ScenarioWatch {
  private final BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();
  private final MemoryToken token;
  private final Thread thread;
  private int untilFailure;

  ScenarioWatch(ExchangeClient client, JsonObject step) {
    token = new MemoryToken(Scenarios.text(step, "token"));
    untilFailure = Scenarios.number(step, "failAt");
    thread = new Thread(() -> run(client, step));
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits for so many events, or up to one of that kind. */
  JsonObject take(JsonObject step) throws InterruptedException {
    JsonArray taken = new JsonArray();
    String until = Scenarios.text(step, "until");
    int count = Scenarios.number(step, "count");
    while (!(count > 0 && taken.size() == count) && !endsWith(taken, until)) {
      JsonObject next = events.poll(20, TimeUnit.SECONDS);
      if (next == null) {
        throw new IllegalStateException("only " + taken.size() + " events came");
      }
      if (next.has("error") && !until.equals("error")) {
        next.add("events", taken);
        return next;
      }
      taken.add(next);
    }
    JsonObject answer = told();
    answer.add("events", taken);
    return answer;
  }

  /** Ends it and waits for its end. */
  JsonObject stop() throws InterruptedException {
    thread.interrupt();
    thread.join(20_000);
    if (thread.isAlive()) {
      throw new IllegalStateException("the watch didn't stop");
    }
    return told();
  }

  private static boolean endsWith(JsonArray taken, String kind) {
    return taken.size() > 0 && taken.get(taken.size() - 1).getAsJsonObject().has(kind);
  }

  private JsonObject told() {
    JsonObject answer = new JsonObject();
    answer.addProperty("token", token.load());
    return answer;
  }

  private void run(ExchangeClient client, JsonObject step) {
    Runnable startOver = () -> put("startOver", new JsonObject());
    try {
      if (Scenarios.text(step, "of").equals("placements")) {
        PlacementFilter.Builder filter = PlacementFilter.newBuilder();
        client.watchPlacements(Scenarios.read(step.get("filter"), filter).build(), token, startOver, this::apply);
      } else {
        VacancyFilter.Builder filter = VacancyFilter.newBuilder();
        client.watchVacancies(Scenarios.read(step.get("filter"), filter).build(), token, startOver, this::apply);
      }
    } catch (ExchangeException error) {
      put("error", Scenarios.describe(error));
    } catch (UnsupportedOperationException failure) {
      JsonObject error = new JsonObject();
      error.addProperty("code", "APPLY_FAILED");
      put("error", error);
    } catch (InterruptedException stopped) {
      // As asked.
    }
  }

  private void apply(Message response) {
    untilFailure--;
    if (untilFailure == 0) {
      throw new UnsupportedOperationException("It can't be applied.");
    }
    JsonObject event = Scenarios.json(response);
    event.remove("resumeToken");
    events.add(event);
  }

  private void put(String kind, JsonObject value) {
    JsonObject event = new JsonObject();
    event.add(kind, value);
    events.add(event);
  }
}
