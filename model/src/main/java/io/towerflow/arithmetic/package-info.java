/** What a training step computes, and who computes it: Java, or the engine. */
package io.towerflow.arithmetic;
