import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import LoRWeBTraining
import Testing

@Suite("Recomputation of blocks")
struct RecomputationTests {
  private func gradients(recomputes: Bool, _ learning: Learning, dtype: DType) throws -> [String: Tensor] {
    let basis = try Tiny.basis()
    let trained = TrainedTensor.of(basis, learning)
    let step = try TrainingStep(on: Velocity(Tiny.transformer(dtype: dtype)), basis: basis, recomputes: recomputes)
    let batch = try Tiny.batch()
    _ = try step.accumulate(batch, Tiny.draw(batch))
    #expect(basis.registry.parameters.allSatisfy { $0.tensor.requiresGrad == ($0.tensor.grad != nil) })
    return Dictionary(uniqueKeysWithValues: trained.compactMap { one in one.tensor.grad.map { (one.name, $0) } })
  }

  @Test("Gradients are the plain way's, bit by bit", arguments: Learning.allCases, [DType.float32, .bfloat16])
  func sameGradients(learning: Learning, dtype: DType) throws {
    try withTorchErrors {
      let plain = try gradients(recomputes: false, learning, dtype: dtype)
      let recomputed = try gradients(recomputes: true, learning, dtype: dtype)
      #expect(Set(plain.keys) == Set(recomputed.keys) && plain.count >= 40)
      for (name, expected) in plain {
        #expect(try #require(recomputed[name]).distance(to: expected) == 0, "\(name)")
      }
      #expect(plain.values.contains { $0.magnitude().maximum().item() > 1e-3 })
    }
  }

  @Test("Two half shares of a batch add up to the whole") func accumulation() throws {
    try withTorchErrors {
      let basis = try Tiny.basis()
      let trained = TrainedTensor.of(basis, .all)
      let step = try TrainingStep(on: Velocity(Tiny.transformer()), basis: basis)
      let batch = try Tiny.batch()
      let draw = try Tiny.draw(batch)
      _ = try step.accumulate(batch, draw)
      let whole = trained.map { $0.tensor.grad?.clone() }
      for one in trained { one.tensor.grad = nil }
      for _ in 0..<2 { _ = try step.accumulate(batch, draw, share: 0.5) }
      for (one, expected) in zip(trained, whole) {
        #expect(try #require(one.tensor.grad).distance(to: #require(expected)) <= 1e-6, "\(one.name)")
      }
    }
  }

  @Test("A batch of other sizes than its canvas is refused in words") func badBatch() throws {
    var batch = try withTorchErrors { try Tiny.batch() }
    batch.rows = 5
    let step = try withTorchErrors { try TrainingStep(on: Velocity(Tiny.transformer()), basis: try Tiny.basis()) }
    let draw = try withTorchErrors { try Tiny.draw(batch) }
    #expect(throws: TrainingError.badBatch("the target is [2, 16, 8], expected [batch, 20, channels]")) {
      _ = try step.accumulate(batch, draw)
    }
  }
}
