package io.towerflow.arithmetic;

import java.util.Optional;

/**
 * Queries, each of which is to find its item among candidates: a softmax cross entropy. The score
 * of query i and candidate j is {@code u_i.v_j / temperature + b_j + c_i.phi_j + adjustment_ij}.
 *
 * @param queries u: the first n are meant, n being the number of positives
 * @param candidates v: the first m are meant
 * @param biases b, shape (m, 1)
 * @param tastes c, shape (n, numbers)
 * @param popularity phi, shape (m, numbers), row by row; empty without tastes
 * @param temperature positive
 * @param positives the column of each query's item, length n, at least one
 * @param weights what each query's loss is multiplied by, length n
 * @param adjustments added to the scores, shape (n, m), row by row; minus infinity takes a
 *     candidate out
 * @param hardNegatives how many of the negatives each query keeps, those that score highest; 0 for
 *     all
 * @param scale what the summed loss is multiplied by in what is minimized
 */
public record SoftmaxBatch(
    Vectors queries,
    Vectors candidates,
    Optional<Vectors> biases,
    Optional<Vectors> tastes,
    float[] popularity,
    float temperature,
    int[] positives,
    float[] weights,
    float[] adjustments,
    int hardNegatives,
    float scale) {

  /** n, the queries. */
  public int n() {
    return positives.length;
  }

  /** m, the candidates. */
  public int m() {
    return adjustments.length / positives.length;
  }

  /** How many numbers popularity has. */
  public int numbers() {
    return popularity.length / m();
  }
}
