module.exports = { displayName: 'transport-nats', preset: '../../../jest.preset.cjs' };
