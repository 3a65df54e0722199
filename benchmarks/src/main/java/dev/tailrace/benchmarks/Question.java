package dev.tailrace.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What another thread wants to have done, or to know.
 *
 * <p>Threading: asked by any thread, put on that of the load client.
 */
record Question<T>(Supplier<T> question, CompletableFuture<T> answer) {
  void put() {
    answer.complete(question.get());
  }
}
