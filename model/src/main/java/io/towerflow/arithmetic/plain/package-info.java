/** Passes in plain Java: the same bits on every processor. */
package io.towerflow.arithmetic.plain;
