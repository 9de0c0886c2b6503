package io.towerflow.spec;

/** When users and items enter their vocabularies and when they leave them. */
public record VocabularySpec(Lifetime users, Lifetime items) {}
