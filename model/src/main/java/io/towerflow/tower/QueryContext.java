package io.towerflow.tower;

/**
 * What a query is built from: the user as known at one moment.
 *
 * @param user the user's index
 * @param time the moment, milliseconds since the epoch
 * @param recentItems indices of the items taken last, newest first
 * @param recentTimes when they were taken, milliseconds since the epoch
 */
public record QueryContext(int user, long time, int[] recentItems, long[] recentTimes) {}
