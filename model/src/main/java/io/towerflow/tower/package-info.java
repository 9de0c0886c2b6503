/**
 * The two towers. Rows are looked up and their gradients scattered back in Java; the dense part
 * between runs on DJL's PyTorch engine with automatic differentiation, on whatever device it finds.
 * The device sees the rows of a batch and the dense layers, never a table.
 */
package io.towerflow.tower;
