package org.example.exchange.client;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.example.exchange.v1.OpenStream;
import org.example.exchange.v1.PublishVacanciesRequest;
import org.example.exchange.v1.PublishVacanciesResponse;
import org.example.exchange.v1.PublishVacancyItem;
import org.example.exchange.v1.PutRecordAnswer;

/** Publishes items with a window of unanswered ones, and goes on from the last answer when the call is cut. */
final class Publication {
  private static final int WINDOW = 500;
  private static final Object END = new Object();

  private final Function<StreamObserver<PublishVacanciesResponse>, StreamObserver<PublishVacanciesRequest>> begin;
  private final PublishVacanciesRequest open;
  private final ItemsAfter source;
  private final BiConsumer<PublishVacancyItem, PutRecordAnswer> onAnswer;
  private final Backoff backoff;

  // Guarded by this object.
  private final List<PublishVacancyItem> unanswered = new ArrayList<>();
  private StreamObserver<PublishVacanciesRequest> call; // the present one, once the node has opened it
  private int sent; // how many of the unanswered were given to the present call
  private boolean ended; // no more items come
  private RuntimeException failure; // what the caller's iterator threw

  private Thread puller;

  Publication(
      Function<StreamObserver<PublishVacanciesResponse>, StreamObserver<PublishVacanciesRequest>> begin,
      OpenStream open, ItemsAfter source, BiConsumer<PublishVacancyItem, PutRecordAnswer> onAnswer, Backoff backoff) {
    this.begin = begin;
    this.open = PublishVacanciesRequest.newBuilder().setOpen(open).build();
    this.source = source;
    this.onAnswer = onAnswer;
    this.backoff = backoff;
  }

  void run() throws InterruptedException {
    try {
      boolean done = false;
      while (!done) {
        done = runCall();
      }
    } finally {
      if (puller != null) {
        puller.interrupt();
      }
    }
    synchronized (this) {
      if (failure != null) {
        throw failure;
      }
    }
  }

  // Returns false when the line was cut and it is time for another call.
  private boolean runCall() throws InterruptedException {
    BlockingQueue<Object> happened = new LinkedBlockingQueue<>();
    Context.CancellableContext context = Context.current().withCancellation();
    ExchangeException error = new ExchangeException(
        Status.Code.UNAVAILABLE, "The node ended the call before every item was answered.");
    try {
      StreamObserver<PublishVacanciesRequest> requests = beginIn(context, new Receiver(happened));
      requests.onNext(open);
      Object next = happened.take();
      while (next instanceof PublishVacanciesResponse) {
        backoff.reset();
        received((PublishVacanciesResponse) next, requests);
        next = happened.take();
      }
      if (next != END) {
        error = ExchangeException.of((StatusRuntimeException) next);
      } else if (isDone()) {
        return true;
      }
    } finally {
      synchronized (this) {
        call = null;
      }
      context.cancel(null);
    }
    if (error.code() != Status.Code.UNAVAILABLE || !backoff.await(error.retryDelayMs())) {
      throw error;
    }
    return false;
  }

  private StreamObserver<PublishVacanciesRequest> beginIn(Context context, Receiver receiver) {
    Context before = context.attach();
    try {
      return begin.apply(receiver);
    } finally {
      context.detach(before);
    }
  }

  private void received(PublishVacanciesResponse response, StreamObserver<PublishVacanciesRequest> requests) {
    if (response.hasAnswer()) {
      answered(response.getAnswer());
      return;
    }
    long last = response.getOpened().getLastNumber();
    if (puller == null) {
      // A thread of its own, because the caller's iterator may wait for the next vacancy while a call is cut.
      puller = new Thread(() -> pull(last), "exchange-publication");
      puller.setDaemon(true);
      puller.start();
    }
    synchronized (this) {
      call = requests;
      sent = 0;
      send();
    }
  }

  private void pull(long number) {
    try {
      for (PublishVacancyItem item : source.itemsAfter(number)) {
        number++;
        synchronized (this) {
          while (unanswered.size() >= WINDOW) {
            wait();
          }
          unanswered.add(item.toBuilder().setNumber(number).build());
          send();
        }
      }
    } catch (RuntimeException thrown) {
      synchronized (this) {
        failure = thrown;
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      ended = true;
      send();
    }
  }

  // Gives what is waiting to the present call, if one is open.
  private synchronized void send() {
    try {
      while (call != null && sent < unanswered.size()) {
        call.onNext(PublishVacanciesRequest.newBuilder().setItem(unanswered.get(sent)).build());
        sent++;
      }
      if (call != null && ended) {
        call.onCompleted();
        call = null;
      }
    } catch (IllegalStateException cut) {
      // The call is over; what it ended with is received.
      call = null;
    }
  }

  private void answered(PutRecordAnswer answer) {
    PublishVacancyItem item;
    synchronized (this) {
      item = unanswered.isEmpty() ? PublishVacancyItem.getDefaultInstance() : unanswered.get(0);
    }
    if (item.getNumber() != answer.getNumber()) {
      throw new ExchangeException(
          Status.Code.INTERNAL, "Item " + item.getNumber() + " was due, " + answer.getNumber() + " was answered.");
    }
    onAnswer.accept(item, answer);
    synchronized (this) {
      unanswered.remove(0);
      sent--;
      notifyAll();
    }
  }

  private synchronized boolean isDone() {
    return ended && unanswered.isEmpty();
  }

  private static final class Receiver implements StreamObserver<PublishVacanciesResponse> {
    private final BlockingQueue<Object> happened;

    Receiver(BlockingQueue<Object> happened) {
      this.happened = happened;
    }

    @Override
    public void onNext(PublishVacanciesResponse response) {
      happened.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      happened.add(Status.fromThrowable(failure).asRuntimeException(Status.trailersFromThrowable(failure)));
    }

    @Override
    public void onCompleted() {
      happened.add(END);
    }
  }
}
