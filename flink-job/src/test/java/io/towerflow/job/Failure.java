package io.towerflow.job;

import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.CoordinatedOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OperatorAttributes;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeServiceAware;

/**
 * One exception that an operator throws while the job runs. The operator knows nothing of it: it is
 * put between the operator and its neighbours in the graph, before the job is submitted.
 *
 * @param operator the operator's name
 * @param moment when it throws
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
   * Calls until now by the job: its subtasks, and their next attempts, are all of this process. So
   * a failure comes once, and not again when its record comes again.
   */
  private static final Map<String, AtomicLong> CALLS = new ConcurrentHashMap<>();

  /** Puts it into an operator of a job that is to be submitted. */
  void into(StreamNode node) {
    String job = UUID.randomUUID().toString();
    StreamOperatorFactory<?> factory = node.getOperatorFactory();
    node.setOperatorFactory(
        factory instanceof CoordinatedOperatorFactory<?> coordinated
            ? new OfCoordinated<>(coordinated, this, job)
            : new Of<>(factory, this, job));
  }

  /** What passes calls on, and throws at one of them. */
  @SuppressWarnings("unchecked") // what has all the interfaces of the target stands for it
  private <T> T around(T target, String job, Class<?>... types) {
    AtomicLong calls = CALLS.computeIfAbsent(job, name -> new AtomicLong());
    return (T)
        Proxy.newProxyInstance(
            Failure.class.getClassLoader(),
            types,
            (proxy, method, arguments) -> {
              boolean now = method.getName().equals(moment.call) && calls.incrementAndGet() == at;
              if (now && moment != Moment.AFTER_OUTPUT) {
                throw new IllegalStateException(this + ", as the test asks for");
              }
              Object result;
              try {
                result = method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (now) {
                throw new IllegalStateException(this + ", as the test asks for");
              }
              return result;
            });
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
  private static class Of<T> extends AbstractStreamOperatorFactory<T>
      implements OneInputStreamOperatorFactory<Object, T> {

    private final StreamOperatorFactory<T> factory;
    private final Failure failure;
    private final String job;

    Of(StreamOperatorFactory<T> factory, Failure failure, String job) {
      this.factory = factory;
      this.failure = failure;
      this.job = job;
      setChainingStrategy(factory.getChainingStrategy());
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as Flink declares it
    public <S extends StreamOperator<T>> S createStreamOperator(
        StreamOperatorParameters<T> parameters) {
      if (factory instanceof ProcessingTimeServiceAware aware) {
        aware.setProcessingTimeService(processingTimeService);
      }
      if (failure.moment == Moment.BEFORE_ELEMENT) {
        S operator = factory.createStreamOperator(parameters);
        return failure.around(operator, job, interfaces(operator.getClass()));
      }
      Output<StreamRecord<T>> output = failure.around(parameters.getOutput(), job, Output.class);
      return factory.createStreamOperator(
          new StreamOperatorParameters<>(
              parameters.getContainingTask(),
              parameters.getStreamConfig(),
              output,
              parameters::getProcessingTimeService,
              parameters.getOperatorEventDispatcher(),
              parameters.getMailboxExecutor()));
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

  /** The same for an operator with a part on the job manager, such as a sink that collects. */
  private static final class OfCoordinated<T> extends Of<T>
      implements CoordinatedOperatorFactory<T> {

    private final CoordinatedOperatorFactory<T> factory;

    OfCoordinated(CoordinatedOperatorFactory<T> factory, Failure failure, String job) {
      super(factory, failure, job);
      this.factory = factory;
    }

    @Override
    public OperatorCoordinator.Provider getCoordinatorProvider(String name, OperatorID operator) {
      return factory.getCoordinatorProvider(name, operator);
    }
  }
}
