package io.towerflow.job;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a benchmark knows of the jobs that it runs in its own process: their functions find it by a
 * name, since it can't travel with a job graph.
 */
final class Probes<P> {

  private final Map<String, P> byName = new ConcurrentHashMap<>();

  /** Lets a probe be found under a name that no other has. */
  P open(String name, P probe) {
    byName.put(name, probe);
    return probe;
  }

  void close(String name) {
    byName.remove(name);
  }

  /** The probe of a name, which must be open. */
  P named(String name) {
    P probe = byName.get(name);
    if (probe == null) {
      throw new IllegalStateException(
          "There is no benchmark '%s' in this process, which its job has to run in"
              .formatted(name));
    }
    return probe;
  }
}
