/**
 * Row-sparse optimizers without state of their own: a row's slots lie behind its weights and are
 * passed in.
 */
package io.towerflow.optimizer;
