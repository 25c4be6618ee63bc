// Measured: nothing yet. Say here what is measured, what is not, and how noisy it is.
export {};
