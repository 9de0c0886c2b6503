/** Loops over primitive arrays that take the time: the same bits on every processor. */
package io.towerflow.kernel;
