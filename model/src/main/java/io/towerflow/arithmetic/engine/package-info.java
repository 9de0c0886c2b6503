/** Passes on DJL's PyTorch engine, which differentiates by itself: the way to a GPU. */
package io.towerflow.arithmetic.engine;
