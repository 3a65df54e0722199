package dev.tailrace.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's one thread, which owns all its state.
 *
 * <p>Threading: any thread. After {@link #stop} what is given to it is dropped.
 */
final class Owner {
  private final ScheduledThreadPoolExecutor executor;
  private final Consumer<Throwable> onFault;

  /** What nobody caught goes to {@code onFault}, on the thread itself. */
  Owner(Consumer<Throwable> onFault) {
    this.onFault = onFault;
    executor = new ScheduledThreadPoolExecutor(1, task -> daemon("tailrace", task));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Runs it after all that was given before. */
  void execute(Runnable task) {
    var unused = schedule(0, task);
  }

  /** Runs it after so long, unless it is cancelled. */
  Future<?> schedule(long delayMs, Runnable task) {
    try {
      return executor.schedule(() -> guarded(task), delayMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.completedFuture(null); // it is closed
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      onFault.accept(e);
      rethrowOfMachine(e);
    }
  }

  /** What is none of the application's, nor of ours, is for nobody here to bear. */
  static void rethrowOfMachine(Throwable fault) {
    if (fault instanceof VirtualMachineError of) {
      throw of;
    }
  }

  /** Tells it on the thread how the other one, which never ends with a fault of ours, went. */
  <T> void when(CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> told) {
    var unused = future.whenComplete((value, fault) -> execute(() -> told.accept(value, fault)));
  }

  /** Milliseconds of no particular beginning. */
  static long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  void stop() {
    executor.shutdown();
  }
}
