/**
 * Row tables: weights and optimizer slots in paged primitive arrays, addressed by index, with a
 * dirty set. Every parameter of the model is a row table, an embedding and a dense layer alike.
 */
package io.towerflow.table;
