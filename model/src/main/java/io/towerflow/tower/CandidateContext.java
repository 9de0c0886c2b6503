package io.towerflow.tower;

/**
 * What a candidate is built from.
 *
 * @param item the item's index
 * @param tokens indices of the tokens of each text field, in the order of the spec's text fields
 * @param attributes the item's categories and numbers
 * @param popularity the numbers of the spec's popularity feature, none where it has no such feature
 */
public record CandidateContext(
    int item, int[][] tokens, EncodedAttributes attributes, float[] popularity) {}
