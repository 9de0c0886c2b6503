package io.towerflow.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that share a loop. A loop falls into ranges, and whoever is free takes the next one, the
 * caller among them; so the caller waits for no thread that has yet to wake up. A thread without
 * work looks out for more for some microseconds, and then sleeps.
 *
 * <p>Which thread takes a range, and where ranges end, depends on the machine. What is computed
 * must not: every number is to be written in one range, in an order that ranges don't change.
 */
public final class Workers implements AutoCloseable {

  /** No other thread than the caller's. */
  public static final Workers CALLER = new Workers(1);

  /** Multiply-adds that are done before a thread has woken up. */
  private static final long LEAST_WORK = 1 << 16;

  /** Ranges a thread: when the last ones are under way, nobody is to wait for long. */
  private static final int RANGES = 4;

  /** Looks at what there is to do before a thread sleeps: tens of microseconds. */
  private static final int LOOKS = 1 << 10;

  /** A part of a loop, from an index on and up to another, which may be the same. */
  @FunctionalInterface
  public interface Range {
    void run(int from, int to);
  }

  private final Thread[] others;
  private final long leastWork;
  private volatile Loop loop;
  private volatile boolean closed;

  /**
   * Starts the threads.
   *
   * @param threads how many compute, the caller's among them
   * @throws IllegalArgumentException if not even one does
   */
  public Workers(int threads) {
    this(threads, LEAST_WORK);
  }

  /**
   * Starts the threads.
   *
   * @param leastWork a loop with no more multiply-adds than this is the caller's alone
   * @throws IllegalArgumentException if not even one does
   */
  public Workers(int threads, long leastWork) {
    if (threads < 1) {
      throw new IllegalArgumentException("Somebody has to compute, not " + threads + " threads");
    }
    this.leastWork = leastWork;
    others = new Thread[threads - 1];
    for (int i = 0; i < others.length; i++) {
      others[i] = new Thread(this::work, "arithmetic-" + (i + 2));
      others[i].setDaemon(true);
      others[i].start();
    }
  }

  /** How many threads compute, the caller's among them. */
  public int threads() {
    return others.length + 1;
  }

  /**
   * Runs a loop over [0, n) and returns when all of it is done. Ranges have an even start, as
   * products take rows two at a time.
   *
   * @param work about how many multiply-adds the whole loop has
   * @param body may be called by several threads at once; what it throws is thrown here, one of
   *     several
   */
  public void run(int n, long work, Range body) {
    run(n, 2, work, body);
  }

  /**
   * The same, with ranges that start at a multiple of {@code grain}.
   *
   * @param grain positive
   */
  public void run(int n, int grain, long work, Range body) {
    int ranges = Math.min((n + grain - 1) / grain, RANGES * threads());
    if (others.length == 0 || ranges < 2 || work <= leastWork) {
      body.run(0, n);
      return;
    }
    Loop shared = new Loop(n, grain, ranges, body);
    loop = shared;
    for (Thread other : others) {
      LockSupport.unpark(other);
    }
    shared.takePart();
    shared.await();
    loop = null; // it holds what the loop is about
    shared.rethrow();
  }

  private void work() {
    int looks = 0;
    while (!closed) {
      Loop shared = loop;
      if (shared != null && shared.hasMore()) {
        shared.takePart();
        looks = 0;
      } else if (looks++ < LOOKS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
        looks = 0;
      }
    }
  }

  /** Ends the threads; from then on the caller computes alone. */
  @Override
  public void close() {
    closed = true;
    for (Thread other : others) {
      LockSupport.unpark(other);
    }
    for (Thread other : others) {
      try {
        other.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return; // they end without being waited for
      }
    }
  }

  private static final class Loop {
    private final int n;
    private final int grain;
    private final int ranges;
    private final Range body;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger left;
    private volatile Throwable failure;

    Loop(int n, int grain, int ranges, Range body) {
      this.n = n;
      this.grain = grain;
      this.ranges = ranges;
      this.body = body;
      this.left = new AtomicInteger(ranges);
    }

    boolean hasMore() {
      return taken.get() < ranges;
    }

    /** Runs ranges as long as there is one that nobody has taken. */
    void takePart() {
      int range = taken.getAndIncrement();
      while (range < ranges) {
        try {
          body.run(start(range), start(range + 1));
        } catch (RuntimeException | Error e) {
          failure = e;
        }
        if (left.decrementAndGet() == 0 && Thread.currentThread() != caller) {
          LockSupport.unpark(caller);
        }
        range = taken.getAndIncrement();
      }
    }

    private int start(int range) {
      long grains = ((long) n + grain - 1) / grain;
      return (int) Math.min(n, grains * range / ranges * grain);
    }

    /** Returns when every range has been run. */
    void await() {
      for (int looks = 0; left.get() > 0; looks++) {
        if (looks < LOOKS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
    }

    void rethrow() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
    }
  }
}
