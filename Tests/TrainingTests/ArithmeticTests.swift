import LoRWeBAdapters
import LoRWeBTorch
import LoRWeBTraining
import Testing

@Suite("What a basis computes in")
struct ArithmeticTests {
  private func gradients(_ arithmetic: TrainingConfig.Arithmetic, base dtype: DType) throws -> [(name: String, grad: Tensor)] {
    let basis = try Tiny.basis()
    let trained = TrainedTensor.of(basis, .all)
    let step = try TrainingStep(on: Velocity(Tiny.transformer(dtype: dtype)), basis: basis, arithmetic: arithmetic)
    let batch = try Tiny.batch()
    _ = try step.accumulate(batch, Tiny.draw(batch))
    return try trained.map { ($0.name, try #require($0.tensor.grad)) }
  }

  @Test("On a base in fp32 both are the same, bit by bit") func sameOnFloat32() throws {
    try withTorchErrors {
      let (own, base) = (try gradients(.float32, base: .float32), try gradients(.base, base: .float32))
      for (one, other) in zip(own, base) { #expect(one.grad.distance(to: other.grad) == 0, "\(one.name)") }
    }
  }

  @Test("On a base in bf16 gradients stay in fp32 and point the same way") func closeOnBFloat16() throws {
    try withTorchErrors {
      let (own, base) = (try gradients(.float32, base: .bfloat16), try gradients(.base, base: .bfloat16))
      #expect(own.count == base.count && base.allSatisfy { $0.grad.dtype == .float32 })
      func flat(_ all: [(name: String, grad: Tensor)]) -> Tensor { concatenated(all.map { $0.grad.flattened() }, along: 0) }
      let (x, y) = (flat(own), flat(base))
      let apart = ((x - y).power(2).sum().item() / x.power(2).sum().item()).squareRoot()
      #expect(apart > 1e-6 && apart < 0.03)
    }
  }
}
