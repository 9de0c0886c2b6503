package io.towerflow.job;

import java.io.File;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OperatorAttributes;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.legacy.YieldingOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeServiceAware;

/**
 * One exception that an operator throws while the job runs, or one moment at which it halts. The
 * operator knows nothing of it: it is put between the operator and its neighbours in the graph,
 * before the job is submitted.
 *
 * @param operator the operator's name
 * @param moment when it fails
 * @param at at which element, or output, of all that its subtasks take, or emit, from 1
 */
record Failure(String operator, Moment moment, long at) implements Serializable {

  enum Moment {
    /** An element has come; nothing is done about it yet. */
    BEFORE_ELEMENT("processElement"),
    /** An element is being processed, or the end of input; earlier outputs have left. */
    BEFORE_OUTPUT("collect"),
    /** The same, and this output has left too. */
    AFTER_OUTPUT("collect");

    private final String call;

    Moment(String call) {
      this.call = call;
    }
  }

  /**
   * Where a job fails: its subtasks, and their next attempts, are all of this process. So a failure
   * comes once, and not again when its record comes again.
   *
   * @param calls calls until now
   * @param halted which task manager an operator stands still in; null if it is to throw
   */
  private record Site(AtomicLong calls, CompletableFuture<Integer> halted) {}

  private static final Map<String, Site> SITES = new ConcurrentHashMap<>();

  /** Puts it into an operator of a job that is to be submitted. */
  void into(StreamNode node) {
    into(node, null);
  }

  /**
   * Puts it into an operator that does not throw, but stands still until its task is cancelled. No
   * checkpoint passes it.
   *
   * @return done when it stands still, with the number of the task manager that it does so in, from
   *     0, in the order in which the cluster started them
   */
  CompletableFuture<Integer> halts(StreamNode node) {
    CompletableFuture<Integer> halted = new CompletableFuture<>();
    into(node, halted);
    return halted;
  }

  private void into(StreamNode node, CompletableFuture<Integer> halted) {
    String site = UUID.randomUUID().toString();
    SITES.put(site, new Site(new AtomicLong(), halted));
    node.setOperatorFactory(new Of<>(node.getOperatorFactory(), this, site));
  }

  /** What passes calls on, and fails at one of them. */
  @SuppressWarnings("unchecked") // what has all the interfaces of the target stands for it
  private <T> T around(T target, Site site, int taskManager, Class<?>... types) {
    return (T)
        Proxy.newProxyInstance(
            Failure.class.getClassLoader(),
            types,
            (proxy, method, arguments) -> {
              boolean now =
                  method.getName().equals(moment.call) && site.calls.incrementAndGet() == at;
              if (now && moment != Moment.AFTER_OUTPUT) {
                fail(site, taskManager);
              }
              Object result;
              try {
                result = method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (now && moment == Moment.AFTER_OUTPUT) {
                fail(site, taskManager);
              }
              return result;
            });
  }

  private void fail(Site site, int taskManager) throws InterruptedException {
    if (site.halted != null) {
      site.halted.complete(taskManager);
      new CountDownLatch(1).await();
    }
    throw new IllegalStateException(this + ", as the test asks for");
  }

  @Override
  public String toString() {
    return switch (moment) {
      case BEFORE_ELEMENT -> "%s fails before its element %d".formatted(operator, at);
      case BEFORE_OUTPUT -> "%s fails before its output %d".formatted(operator, at);
      case AFTER_OUTPUT -> "%s fails after its output %d".formatted(operator, at);
    };
  }

  /** Makes the operator with the failure around it. */
  private static final class Of<T> extends AbstractStreamOperatorFactory<T>
      implements OneInputStreamOperatorFactory<Object, T> {

    private static final long serialVersionUID = 1;

    private final StreamOperatorFactory<T> factory;
    private final Failure failure;
    private final String site;

    Of(StreamOperatorFactory<T> factory, Failure failure, String site) {
      this.factory = factory;
      this.failure = failure;
      this.site = site;
      setChainingStrategy(factory.getChainingStrategy());
    }

    @Override
    @SuppressWarnings({
      "TypeParameterUnusedInFormals", // as Flink declares it
      "deprecation" // a sink's writer is still made with what Flink would no more have made
    })
    public <S extends StreamOperator<T>> S createStreamOperator(
        StreamOperatorParameters<T> parameters) {
      if (factory instanceof ProcessingTimeServiceAware aware) {
        aware.setProcessingTimeService(processingTimeService);
      }
      if (factory instanceof YieldingOperatorFactory<?> yielding) {
        yielding.setMailboxExecutor(parameters.getMailboxExecutor());
      }
      Site here = SITES.get(site);
      int taskManager = taskManager(parameters.getContainingTask().getEnvironment());
      if (failure.moment == Moment.BEFORE_ELEMENT) {
        S operator = factory.createStreamOperator(parameters);
        return failure.around(operator, here, taskManager, interfaces(operator.getClass()));
      }
      Output<StreamRecord<T>> output =
          failure.around(parameters.getOutput(), here, taskManager, Output.class);
      return factory.createStreamOperator(
          new StreamOperatorParameters<>(
              parameters.getContainingTask(),
              parameters.getStreamConfig(),
              output,
              parameters::getProcessingTimeService,
              parameters.getOperatorEventDispatcher(),
              parameters.getMailboxExecutor()));
    }

    /** A mini cluster gives each task manager a folder named after its number. */
    private static int taskManager(Environment environment) {
      File folder = environment.getTaskManagerInfo().getTmpWorkingDirectory().getParentFile();
      return Integer.parseInt(folder.getName().replaceFirst("^tm_", ""));
    }

    private static Class<?>[] interfaces(Class<?> type) {
      List<Class<?>> all = new ArrayList<>();
      for (Class<?> each = type; each != null; each = each.getSuperclass()) {
        all.addAll(List.of(each.getInterfaces()));
      }
      return all.stream().distinct().toArray(Class<?>[]::new);
    }

    @Override
    @SuppressWarnings("rawtypes") // as Flink declares it
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
      return factory.getStreamOperatorClass(classLoader);
    }

    @Override
    public OperatorAttributes getOperatorAttributes() {
      return factory.getOperatorAttributes();
    }
  }
}
