package io.towerflow.baseline;

import io.towerflow.table.CounterRandom;
import io.towerflow.table.Initializer;
import java.util.Arrays;

/**
 * Matrix factorization that learns to rank, event by event: Bayesian personalized ranking (Rendle
 * et al., BPR: Bayesian personalized ranking from implicit feedback, 2009). The score of item i for
 * user u is {@code p_u . q_i + b_i}. For each event a few known items j that the user has not taken
 * are drawn, and for each one a step of gradient descent is taken on
 *
 * <pre>{@code
 * -log sigmoid(score(u, i) - score(u, j)) + regularization / 2 * (squares of all that is in it)
 * }</pre>
 */
public final class Bpr implements Baseline {

  /**
   * What can be set.
   *
   * @param factors the width of the vectors; 32
   * @param learningRate of stochastic gradient descent; 0.05
   * @param regularization of all parameters; 0.01
   * @param negatives items drawn against each event; 30
   * @param seed of initial weights and draws; 1
   */
  public record Parameters(
      int factors, double learningRate, double regularization, int negatives, long seed) {

    public static final Parameters DEFAULT = new Parameters(32, 0.05, 0.01, 30, 1);

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Parameters {
      if (factors < 1 || negatives < 1) {
        throw new IllegalArgumentException(
            "Ranking needs at least one factor and one negative, not %d and %d"
                .formatted(factors, negatives));
      }
      if (!(learningRate > 0 && regularization >= 0 && learningRate * regularization < 1)) {
        throw new IllegalArgumentException(
            "A learning rate of %s with a regularization of %s does not converge: the rate is above 0, the regularization 0 or more, their product below 1"
                .formatted(learningRate, regularization));
      }
    }
  }

  /** Uniform weights with a standard deviation of 0.1. */
  private static final Initializer INITIALIZER = Initializer.uniform(0.1 * Math.sqrt(3));

  /** How often an item is drawn again that the user has taken, before the draw is given up. */
  private static final int DRAWS = 20;

  private final Parameters parameters;
  private final long usersSeed;
  private final long itemsSeed;
  private final long negativesSeed;

  /** A user's vector is {@code p_u} and a 1 that the item's bias is multiplied with. */
  private float[][] users = new float[64][];

  /**
   * By dimension, by item: {@code q_i} and {@code b_i} as the last dimension. In this order the
   * scan of all items is a loop over neighbouring numbers, which the compiler vectorizes.
   */
  private final float[][] items;

  private int knownUsers;
  private int knownItems;
  private final float[] positive;
  private final float[] negative;

  /** Learnt nothing yet. */
  public Bpr(Parameters parameters) {
    this.parameters = parameters;
    usersSeed = CounterRandom.seedOf(parameters.seed, "users");
    itemsSeed = CounterRandom.seedOf(parameters.seed, "items");
    negativesSeed = CounterRandom.seedOf(parameters.seed, "negatives");
    items = new float[parameters.factors + 1][64];
    positive = new float[items.length];
    negative = new float[items.length];
  }

  @Override
  public String name() {
    return "bpr";
  }

  @Override
  public void score(Interactions past, int user, float[] scores) {
    know(past.users(), past.items());
    Arrays.fill(scores, 0, past.items(), 0);
    float[] vector = users[user];
    for (int d = 0; d < items.length; d++) {
      addScaled(vector[d], items[d], scores, past.items());
    }
  }

  /** The loop to be vectorized, alone in a method so that it is compiled alone. */
  private static void addScaled(float weight, float[] numbers, float[] sums, int length) {
    for (int i = 0; i < length; i++) {
      sums[i] += weight * numbers[i];
    }
  }

  @Override
  public void learn(Interactions past, int user, int item) {
    know(Math.max(past.users(), user + 1), Math.max(past.items(), item + 1));
    read(item, positive);
    for (int n = 0; n < parameters.negatives; n++) {
      int other = drawNegative(past, user, item, n);
      if (other >= 0) {
        read(other, negative);
        step(
            users[user],
            positive,
            negative,
            (float) parameters.learningRate,
            (float) parameters.regularization);
        write(other, negative);
      }
    }
    write(item, positive);
  }

  /** A known item that the user has not taken, or -1 where none was found. */
  private int drawNegative(Interactions past, int user, int item, int n) {
    for (int draw = 0; draw < DRAWS && past.items() > 0; draw++) {
      int other =
          CounterRandom.below(past.items(), negativesSeed, past.events(), (long) n * DRAWS + draw);
      if (other != item && !(user < past.users() && past.hasTaken(user, other))) {
        return other;
      }
    }
    return -1;
  }

  /**
   * One step of gradient descent. All three vectors have the bias as their last number; the user's
   * is 1 and stays so.
   */
  static void step(
      float[] user, float[] item, float[] other, float learningRate, float regularization) {
    float margin = 0;
    for (int d = 0; d < user.length; d++) {
      margin += user[d] * (item[d] - other[d]);
    }
    float pull = learningRate * (float) (1 / (1 + Math.exp(margin)));
    float shrink = 1 - learningRate * regularization;
    for (int d = 0; d < user.length; d++) {
      float weight = user[d];
      user[d] = shrink * weight + pull * (item[d] - other[d]);
      item[d] = shrink * item[d] + pull * weight;
      other[d] = shrink * other[d] - pull * weight;
    }
    user[user.length - 1] = 1;
  }

  /** Gives initial weights to all that have none. */
  private void know(int userCount, int itemCount) {
    while (knownUsers < userCount) {
      addUser(knownUsers++);
    }
    while (knownItems < itemCount) {
      addItem(knownItems++);
    }
  }

  private void read(int item, float[] vector) {
    for (int d = 0; d < vector.length; d++) {
      vector[d] = items[d][item];
    }
  }

  private void write(int item, float[] vector) {
    for (int d = 0; d < vector.length; d++) {
      items[d][item] = vector[d];
    }
  }

  private void addUser(int user) {
    if (user == users.length) {
      users = Arrays.copyOf(users, 2 * user);
    }
    users[user] = new float[items.length];
    for (int d = 0; d < parameters.factors; d++) {
      users[user][d] = INITIALIZER.weight(usersSeed, user, d);
    }
    users[user][parameters.factors] = 1;
  }

  private void addItem(int item) {
    for (int d = 0; d < items.length; d++) {
      if (item == items[d].length) {
        items[d] = Arrays.copyOf(items[d], 2 * item);
      }
      items[d][item] = d < parameters.factors ? INITIALIZER.weight(itemsSeed, item, d) : 0;
    }
  }
}
