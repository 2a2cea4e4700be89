package org.example.exchange.client;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** Keeps a watch going: reconnects with backoff and resumes from the token of what was applied. */
final class Watching<R> {
  private final Function<String, Iterator<R>> begin;
  private final Function<R, String> tokenOf;
  private final Predicate<R> isQuiet;

  Watching(Function<String, Iterator<R>> begin, Function<R, String> tokenOf, Predicate<R> isQuiet) {
    this.begin = begin;
    this.tokenOf = tokenOf;
    this.isQuiet = isQuiet;
  }

  void run(TokenStore token, Runnable startOver, Consumer<R> apply, Backoff backoff) throws InterruptedException {
    String at = token.load();
    while (true) {
      if (at.isEmpty()) {
        startOver.run();
      }
      long delay = 0;
      Context.CancellableContext call = Context.current().withCancellation();
      try {
        Iterator<R> responses = beginIn(call, at);
        while (hasNext(responses)) {
          R response = responses.next();
          backoff.reset();
          if (!isQuiet.test(response)) {
            apply.accept(response);
          }
          // After it was applied: a crash in between repeats a response, the other way round it would lose one.
          at = tokenOf.apply(response);
          token.save(at);
        }
      } catch (StatusRuntimeException failure) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        ExchangeException error = ExchangeException.of(failure);
        if (isForgotten(error)) {
          at = "";
          continue;
        }
        if (error.code() != Status.Code.UNAVAILABLE) {
          throw error;
        }
        delay = error.retryDelayMs();
      } finally {
        call.cancel(null);
      }
      if (!backoff.await(delay)) {
        throw new ExchangeException(Status.Code.UNAVAILABLE, "The node was silent for longer than the patience.");
      }
    }
  }

  private Iterator<R> beginIn(Context call, String at) {
    Context before = call.attach();
    try {
      return begin.apply(at);
    } finally {
      call.detach(before);
    }
  }

  private boolean hasNext(Iterator<R> responses) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return responses.hasNext();
  }

  private static boolean isForgotten(ExchangeException error) {
    return error.reason().equals("ERROR_REASON_RESUME_TOKEN_FOREIGN")
        || error.reason().equals("ERROR_REASON_RESUME_TOKEN_EXPIRED");
  }
}
