package org.example.exchange.client;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.example.exchange.v1.ListVacanciesRequest;
import org.example.exchange.v1.ListVacanciesResponse;
import org.example.exchange.v1.OpenStream;
import org.example.exchange.v1.PlacementFilter;
import org.example.exchange.v1.PlacementServiceGrpc;
import org.example.exchange.v1.PublishVacancyItem;
import org.example.exchange.v1.PutRecordAnswer;
import org.example.exchange.v1.VacancyFilter;
import org.example.exchange.v1.VacancyRecord;
import org.example.exchange.v1.VacancyServiceGrpc;
import org.example.exchange.v1.WatchPlacementsRequest;
import org.example.exchange.v1.WatchPlacementsResponse;
import org.example.exchange.v1.WatchVacanciesRequest;
import org.example.exchange.v1.WatchVacanciesResponse;

/**
 * Calls a node. What a call fails with is an {@link ExchangeException}; a thread that is interrupted ends what it waits for. It logs
 * nothing.
 */
public final class ExchangeClient implements AutoCloseable {
  private static final int DEFAULT_PORT = 7070;
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final ManagedChannel connection;
  private final Channel channel;
  private final ConnectOptions options;

  private ExchangeClient(ManagedChannel connection, ConnectOptions options) {
    this.connection = connection;
    this.options = options;
    if (options.token == null) {
      channel = connection;
    } else {
      Metadata headers = new Metadata();
      headers.put(AUTHORIZATION, "Bearer " + options.token);
      channel = ClientInterceptors.intercept(connection, MetadataUtils.newAttachHeadersInterceptor(headers));
    }
  }

  /**
   * Makes a client for "https://host:port"; http is refused unless the host is this machine. The first call opens the connection.
   *
   * @throws IOException if a certificate or key can't be read
   */
  public static ExchangeClient connect(String address, ConnectOptions options) throws IOException {
    URI uri = URI.create(address);
    boolean secure = "https".equals(uri.getScheme());
    if (!secure && !("http".equals(uri.getScheme()) && isThisMachine(uri.getHost()))) {
      throw new IllegalArgumentException("An address begins with https://, or with http:// and a loopback address.");
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    ManagedChannel connection = Grpc.newChannelBuilder(uri.getHost() + ":" + port, credentials(secure, options))
        // A line that died without a farewell is noticed by pings, not after hours by TCP.
        .keepAliveTime(30, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .disableRetry()
        .build();
    return new ExchangeClient(connection, options);
  }

  /** Makes a unary call: {@code client.call(VacancyServiceGrpc.getGetVacancyMethod(), request)}. */
  public <Q extends Message, R> R call(MethodDescriptor<Q, R> method, Q request) {
    return call(method, request, options.deadlineMs);
  }

  /** Makes a unary call with a deadline of its own, for tries and waits together. */
  public <Q extends Message, R> R call(MethodDescriptor<Q, R> method, Q request, long deadlineMs) {
    CallOptions limited = CallOptions.DEFAULT.withDeadlineAfter(deadlineMs, TimeUnit.MILLISECONDS);
    Backoff backoff = new Backoff(deadlineMs);
    while (true) {
      try {
        return ClientCalls.blockingUnaryCall(channel, method, limited, request);
      } catch (StatusRuntimeException failure) {
        ExchangeException error = ExchangeException.of(failure);
        boolean again = error.code() == Status.Code.UNAVAILABLE && isSafeToRepeat(method, request);
        try {
          if (!again || !backoff.await(error.retryDelayMs())) {
            throw error;
          }
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw error;
        }
      }
    }
  }

  /** Calls {@code each} with every matching vacancy, page by page. A page may be empty without being the last. */
  public void listVacancies(VacancyFilter filter, int pageSize, Consumer<VacancyRecord> each) {
    ListVacanciesRequest.Builder request = ListVacanciesRequest.newBuilder().setFilter(filter).setPageSize(pageSize);
    do {
      ListVacanciesResponse page = call(VacancyServiceGrpc.getListVacanciesMethod(), request.build());
      page.getVacanciesList().forEach(each);
      request.setPageToken(page.getNextPageToken());
    } while (!request.getPageToken().isEmpty());
  }

  /**
   * Publishes vacancies and returns once each was answered. A cut call is taken up again: what wasn't answered is sent again, and the
   * node writes nothing twice.
   *
   * @param source gives the items; they are numbered here
   * @param onAnswer called for each item in order; a refused one has an error: {@link ExchangeException#of(com.google.rpc.Status)}
   */
  public void publishVacancies(
      String publisher, String stream, ItemsAfter source, BiConsumer<PublishVacancyItem, PutRecordAnswer> onAnswer)
      throws InterruptedException {
    OpenStream open = OpenStream.newBuilder().setPublisher(publisher).setStream(stream).build();
    new Publication(
        responses -> VacancyServiceGrpc.newStub(channel).publishVacancies(responses),
        open, source, onAnswer, new Backoff(options.patienceMs)).run();
  }

  /**
   * Watches until the thread is interrupted, and throws then.
   *
   * @param token where the watch keeps its place; saved after {@code apply} has returned
   * @param startOver a snapshot begins; what it doesn't contain up to its end is gone
   * @param apply applies a vacancy, a removal or the end of the snapshot
   */
  public void watchVacancies(
      VacancyFilter filter, TokenStore token, Runnable startOver, Consumer<WatchVacanciesResponse> apply)
      throws InterruptedException {
    WatchVacanciesRequest.Builder request = WatchVacanciesRequest.newBuilder().setFilter(filter);
    new Watching<WatchVacanciesResponse>(
        at -> VacancyServiceGrpc.newBlockingStub(channel).watchVacancies(request.setResumeToken(at).build()),
        WatchVacanciesResponse::getResumeToken,
        response -> response.hasBookmark()
            || response.getEventCase() == WatchVacanciesResponse.EventCase.EVENT_NOT_SET)
        .run(token, startOver, apply, new Backoff(options.patienceMs));
  }

  /** Watches how placements stand, as {@link #watchVacancies} does. */
  public void watchPlacements(
      PlacementFilter filter, TokenStore token, Runnable startOver, Consumer<WatchPlacementsResponse> apply)
      throws InterruptedException {
    WatchPlacementsRequest.Builder request = WatchPlacementsRequest.newBuilder().setFilter(filter);
    new Watching<WatchPlacementsResponse>(
        at -> PlacementServiceGrpc.newBlockingStub(channel).watchPlacements(request.setResumeToken(at).build()),
        WatchPlacementsResponse::getResumeToken,
        response -> response.hasBookmark()
            || response.getEventCase() == WatchPlacementsResponse.EventCase.EVENT_NOT_SET)
        .run(token, startOver, apply, new Backoff(options.patienceMs));
  }

  /** Ends the connection. */
  @Override
  public void close() {
    connection.shutdownNow();
  }

  // A write whose outcome is unknown may only be sent again when the node can tell that it is the same one.
  private static boolean isSafeToRepeat(MethodDescriptor<?, ?> method, Message request) {
    String name = method.getBareMethodName();
    FieldDescriptor id = request.getDescriptorForType().findFieldByName("request_id");
    return name.startsWith("Get") || name.startsWith("List") || (id != null && !"".equals(request.getField(id)));
  }

  private static ChannelCredentials credentials(boolean secure, ConnectOptions options) throws IOException {
    if (!secure) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
    if (options.certificate != null) {
      tls.trustManager(new ByteArrayInputStream(options.certificate));
    }
    if (options.clientCertificate != null) {
      tls.keyManager(
          new ByteArrayInputStream(options.clientCertificate), new ByteArrayInputStream(options.clientKey));
    }
    return tls.build();
  }

  private static boolean isThisMachine(String host) throws IOException {
    // A name is looked up only if it is the one that every machine has.
    boolean isNumber = host.startsWith("[") || host.matches("[0-9.]+");
    return host.equals("localhost") || (isNumber && InetAddress.getByName(host).isLoopbackAddress());
  }
}
