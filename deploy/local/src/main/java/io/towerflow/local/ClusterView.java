package io.towerflow.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a Flink cluster says of itself over its REST interface. A job manager that is down, or does
 * not know a job yet, says nothing: then every answer is empty.
 */
final class ClusterView {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int OK = 200;

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final URI root;

  /**
   * @param root ends with a slash
   */
  ClusterView(URI root) {
    this.root = root;
  }

  /** The resource ids of the task managers that have registered. */
  Set<String> taskManagers() {
    Set<String> names = new HashSet<>();
    get("taskmanagers")
        .ifPresent(
            answer ->
                answer.get("taskmanagers").forEach(each -> names.add(each.get("id").asText())));
    return names;
  }

  /** The state of a job as Flink names it, such as {@code RUNNING}. */
  Optional<String> state(String job) {
    return get("jobs/" + job).map(answer -> answer.get("state").asText());
  }

  /** When the job was last seen to begin to run, milliseconds since the epoch; 0 for never. */
  OptionalLong runningSince(String job) {
    return number(get("jobs/" + job).map(answer -> answer.get("timestamps").get("RUNNING")));
  }

  /** The resource ids of the task managers that a job's tasks are on, by the tasks' names. */
  Map<String, Set<String>> taskManagersOf(String job) {
    Map<String, Set<String>> names = new LinkedHashMap<>();
    get("jobs/" + job)
        .ifPresent(
            answer -> {
              for (JsonNode vertex : answer.get("vertices")) {
                Set<String> of = new LinkedHashSet<>();
                get("jobs/%s/vertices/%s".formatted(job, vertex.get("id").asText()))
                    .ifPresent(
                        tasks ->
                            tasks
                                .get("subtasks")
                                .forEach(task -> of.add(task.path("taskmanager-id").asText())));
                names.put(vertex.get("name").asText(), of);
              }
            });
    return names;
  }

  /**
   * When the job's latest checkpoint was complete, if it was triggered after {@code since}; both in
   * milliseconds since the epoch.
   */
  OptionalLong checkpointTriggeredAfter(String job, long since) {
    return number(
        get("jobs/%s/checkpoints".formatted(job))
            .map(answer -> answer.path("latest").path("completed"))
            .filter(checkpoint -> checkpoint.path("trigger_timestamp").asLong() > since)
            .map(checkpoint -> checkpoint.get("latest_ack_timestamp")));
  }

  private Optional<JsonNode> get(String path) {
    HttpRequest request = HttpRequest.newBuilder(root.resolve(path)).timeout(TIMEOUT).build();
    try {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return response.statusCode() == OK
          ? Optional.of(json.readTree(response.body()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // down, as it may be
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted while asking the cluster", e);
    }
  }

  private static OptionalLong number(Optional<JsonNode> node) {
    return node.map(number -> OptionalLong.of(number.asLong())).orElse(OptionalLong.empty());
  }
}
