package io.towerflow.learn;

import io.towerflow.tower.QueryContext;

/**
 * One example of a training step, new or replayed.
 *
 * @param query what its query is built from
 * @param item the index of the item that is to be found
 * @param taken indices of the items that its user has taken by now: none of them is a negative
 * @param weight what its loss is multiplied by
 */
record Instance(QueryContext query, int item, int[] taken, float weight) {}
