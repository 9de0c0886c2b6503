package io.towerflow.tower;

/**
 * What a candidate is built from.
 *
 * @param item the item's index
 * @param tokens indices of the tokens of each text field, in the order of the spec's text fields
 */
public record CandidateContext(int item, int[][] tokens) {}
