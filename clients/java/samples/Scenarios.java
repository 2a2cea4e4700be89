import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.example.exchange.client.ConnectOptions;
import org.example.exchange.client.ExchangeClient;
import org.example.exchange.client.ExchangeException;
import org.example.exchange.client.Violation;
import org.example.exchange.v1.PublishVacancyItem;
import org.example.exchange.v1.VacancyFilter;
import org.example.exchange.v1.Vacancy;
import org.example.exchange.v1.Worker;

/** Carries out the steps of scenarios with this client: one JSON line in, one out. ../../scenarios/README.md describes them. */
final class Scenarios {
  private static final JsonFormat.TypeRegistry TYPES = JsonFormat.TypeRegistry.newBuilder()
      .add(Vacancy.getDescriptor()).add(Worker.getDescriptor())
      .add(com.google.rpc.ErrorInfo.getDescriptor()).add(com.google.rpc.BadRequest.getDescriptor()).build();
  private static final JsonFormat.Printer PRINTER = JsonFormat.printer().usingTypeRegistry(TYPES);
  private static final JsonFormat.Parser PARSER = JsonFormat.parser().usingTypeRegistry(TYPES);

  private final Map<String, ScenarioWatch> watches = new HashMap<>();
  private ExchangeClient client;

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    JsonObject about = new JsonObject();
    about.addProperty("language", "Java");
    about.addProperty("versions", String.format("Java %s, grpc %s, protobuf %s",
        System.getProperty("java.version"), version(MethodDescriptor.class), version(JsonFormat.class)));
    out.println(about);
    Scenarios scenarios = new Scenarios();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(scenarios.answer(JsonParser.parseString(line).getAsJsonObject()));
    }
  }

  static String text(JsonObject step, String name) {
    return step.has(name) ? step.get(name).getAsString() : "";
  }

  static int number(JsonObject step, String name) {
    return step.has(name) ? step.get(name).getAsInt() : 0;
  }

  static JsonObject json(Message message) {
    try {
      return JsonParser.parseString(PRINTER.print(message)).getAsJsonObject();
    } catch (InvalidProtocolBufferException failure) {
      throw new IllegalStateException(failure);
    }
  }

  static <B extends Message.Builder> B read(JsonElement json, B into) {
    try {
      PARSER.merge(json == null ? "{}" : json.toString(), into);
      return into;
    } catch (InvalidProtocolBufferException failure) {
      throw new IllegalStateException(failure);
    }
  }

  static JsonObject describe(ExchangeException error) {
    JsonObject described = new JsonObject();
    described.addProperty("code", error.code().name());
    described.addProperty("reason", error.reason());
    JsonObject metadata = new JsonObject();
    error.metadata().forEach(metadata::addProperty);
    described.add("metadata", metadata);
    JsonArray violations = new JsonArray();
    for (Violation violation : error.violations()) {
      JsonObject bad = new JsonObject();
      bad.addProperty("field", violation.field());
      bad.addProperty("description", violation.description());
      violations.add(bad);
    }
    described.add("violations", violations);
    return described;
  }

  private JsonObject answer(JsonObject step) {
    try {
      return carryOut(step);
    } catch (ExchangeException error) {
      JsonObject answer = new JsonObject();
      answer.add("error", describe(error));
      return answer;
    } catch (Exception failure) {
      JsonObject answer = new JsonObject();
      answer.addProperty("failure", failure.toString());
      return answer;
    }
  }

  private JsonObject carryOut(JsonObject step) throws Exception {
    switch (text(step, "op")) {
      case "connect":
        if (client != null) {
          client.close();
        }
        client = ExchangeClient.connect(text(step, "address"), new ConnectOptions()
            .token(step.has("token") ? text(step, "token") : null)
            .certificate(pem(step, "certificate"))
            .clientCertificate(pem(step, "clientCertificate"), pem(step, "clientKey")));
        return new JsonObject();
      case "call":
        return call(step);
      case "list":
        return list(step);
      case "publish":
        return publish(step);
      case "watch":
        watches.put(text(step, "watch"), new ScenarioWatch(client, step));
        return new JsonObject();
      case "take":
        return watches.get(text(step, "watch")).take(step);
      case "stop":
        return watches.get(text(step, "watch")).stop();
      default:
        return reencode(step);
    }
  }

  // "vacancies.GetVacancy" is VacancyServiceGrpc.getGetVacancyMethod().
  @SuppressWarnings("unchecked")
  private JsonObject call(JsonObject step) throws Exception {
    String[] name = text(step, "method").split("\\.");
    Map<String, String> services = new HashMap<>();
    services.put("vacancies", "Vacancy");
    services.put("placements", "Placement");
    services.put("records", "Record");
    services.put("node", "Node");
    Class<?> stubs = Class.forName("org.example.exchange.v1." + services.get(name[0]) + "ServiceGrpc");
    MethodDescriptor<Message, Message> method =
        (MethodDescriptor<Message, Message>) stubs.getMethod("get" + name[1] + "Method").invoke(null);
    Message.Builder request = prototype(((ProtoMethodDescriptorSupplier) method.getSchemaDescriptor())
        .getMethodDescriptor().getInputType().getName()).toBuilder();
    read(step.get("request"), request);
    Message response = step.has("deadlineMs")
        ? client.call(method, request.build(), number(step, "deadlineMs"))
        : client.call(method, request.build());
    JsonObject answer = new JsonObject();
    answer.add("response", json(response));
    return answer;
  }

  private JsonObject list(JsonObject step) {
    JsonArray found = new JsonArray();
    VacancyFilter filter = read(step.get("filter"), VacancyFilter.newBuilder()).build();
    client.listVacancies(filter, number(step, "pageSize"), vacancy -> found.add(json(vacancy)));
    JsonObject answer = new JsonObject();
    answer.add("vacancies", found);
    return answer;
  }

  private JsonObject publish(JsonObject step) throws InterruptedException {
    List<PublishVacancyItem> items = new ArrayList<>();
    for (JsonElement item : step.getAsJsonArray("items")) {
      items.add(read(item, PublishVacancyItem.newBuilder()).build());
    }
    JsonArray answers = new JsonArray();
    JsonObject told = new JsonObject();
    client.publishVacancies(text(step, "publisher"), text(step, "stream"),
        number -> {
          told.addProperty("resumedAfter", number);
          return items.subList((int) number, items.size());
        },
        (item, answer) -> {
          JsonObject one = json(answer);
          if (answer.hasError()) {
            one.add("error", describe(ExchangeException.of(answer.getError())));
          }
          answers.add(one);
        });
    told.add("answers", answers);
    return told;
  }

  private static JsonObject reencode(JsonObject step) throws Exception {
    String type = text(step, "type");
    Message message = prototype(type.substring(type.lastIndexOf('.') + 1))
        .getParserForType().parseFrom(Base64.getDecoder().decode(text(step, "bytes")));
    JsonObject answer = new JsonObject();
    answer.addProperty("bytes", Base64.getEncoder().encodeToString(message.toByteArray()));
    return answer;
  }

  private static Message prototype(String name) throws ReflectiveOperationException {
    return (Message) Class.forName("org.example.exchange.v1." + name).getMethod("getDefaultInstance").invoke(null);
  }

  private static byte[] pem(JsonObject step, String name) {
    return step.has(name) ? text(step, name).getBytes(StandardCharsets.US_ASCII) : null;
  }

  // Debian's packages have the version in the name of the file.
  private static String version(Class<?> type) throws IOException {
    String path = type.getProtectionDomain().getCodeSource().getLocation().getPath();
    return new java.io.File(path).getCanonicalFile().getName().replaceAll("[^0-9]*([0-9.]*)\\.jar", "$1");
  }
}
