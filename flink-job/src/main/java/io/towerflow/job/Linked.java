package io.towerflow.job;

/** A link of a {@link Chain}: it knows the link before it. */
interface Linked {

  /** Its number in the order of all events, from 1. */
  long sequence();

  /** Whether links were numbered before the job last started, so that a snapshot knows them. */
  boolean continued();

  /** The sequence number of the link before it, 0 for the first. */
  long previous();
}
