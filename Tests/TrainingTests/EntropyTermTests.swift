import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import LoRWeBTraining
import Testing

@Suite("The loss's entropy term")
struct EntropyTermTests {
  private let weight = 0.7

  private func step(entropy: Double, recomputes: Bool = false) throws -> TrainingStep {
    let basis = try Tiny.basis()
    _ = TrainedTensor.of(basis, .all)
    return try TrainingStep(
      on: Velocity(Tiny.transformer()), basis: basis, loss: FlowLoss(entropy: entropy), recomputes: recomputes)
  }

  /// Mean entropy of softmax coefficients, written down anew.
  private func entropy(_ basis: LoRABasis, _ batch: TrainingBatch) -> Tensor {
    let layers = Router(basis).coefficients(query: batch.query).values
    let entropies = layers.map { -($0 * $0.log()).sum(over: [1]).mean() }
    return entropies.dropFirst().reduce(entropies[0], +) / Double(entropies.count)
  }

  @Test("Its gradient is what torch derives from the entropy, on top of the plain loss's", arguments: [false, true])
  func gradient(recomputes: Bool) throws {
    try withTorchErrors {
      let (plain, with) = (try step(entropy: 0), try step(entropy: weight, recomputes: recomputes))
      let batch = try Tiny.batch()
      let losses = try [plain, with].map { try $0.accumulate(batch, Tiny.draw(batch)).loss.item() }
      let term = entropy(plain.basis, batch) * -weight
      #expect(abs(losses[1] - losses[0] - term.item()) < 1e-5)
      term.backward()
      for (expected, found) in zip(plain.basis.registry.parameters, with.basis.registry.parameters) {
        let difference = try #require(found.tensor.grad).distance(to: #require(expected.tensor.grad))
        #expect(difference <= 1e-6, "\(found.name)")
      }
    }
  }

  @Test("Its gradient is the slope of the loss along keys and projections")
  func finiteDifference() throws {
    try withTorchErrors {
      let step = try step(entropy: weight)
      let batch = try Tiny.batch()
      let draw = try Tiny.draw(batch)
      _ = try step.accumulate(batch, draw)
      let routing = step.basis.layers.values.flatMap { [$0.keys] + ($0.toQ.map { [$0] } ?? []) }
      let gradients = try routing.map { try #require($0.grad).clone() }
      let square = gradients.reduce(0) { $0 + ($1 * $1).sum().item() }
      #expect(square > 1e-6)
      let reach = 2e-2 / square.squareRoot()
      func loss(at place: Double) throws -> Double {
        noGrad { for (tensor, gradient) in zip(routing, gradients) { tensor.copyInPlace(tensor + gradient * place) } }
        defer {
          noGrad { for (tensor, gradient) in zip(routing, gradients) { tensor.copyInPlace(tensor - gradient * place) } }
        }
        return try step.accumulate(batch, draw).loss.item()
      }
      let slope = try (loss(at: reach) - loss(at: -reach)) / (2 * reach)
      #expect(abs(slope / square - 1) < 0.01, "the loss rises by \(slope), its gradient says \(square)")
    }
  }

  @Test("With it the coefficients end up more even than without")
  func effect() throws {
    let temporary = try TemporaryFolder()
    func run(_ name: String, entropy: Double) throws -> TrainingRun<BasisObjective> {
      var config = TrainingConfig.paper
      (config.steps, config.batch, config.saveEvery, config.loss.entropy) = (40, 2, 40, entropy)
      (config.basis.count, config.basis.rank, config.basis.keyWidth, config.basis.queryScale) = (4, 2, 8, 6)
      config.optimiser.learningRate = 0.02
      let transformer = try Tiny.transformer()
      return try TrainingRun(
        config, transformer: transformer, basis: .untrained(config, on: transformer, encoder: "tiny", encoderWidth: 4),
        data: .random(Tiny.config, queryWidth: 12, rows: 4, columns: 4, textLength: 3, seed: 5),
        folder: RunFolder(temporary[name]))
    }
    let runs = [try run("without", entropy: 0), try run("with", entropy: 1)]
    var (first, last): ([Double], [Double]) = ([], [])
    for run in runs {
      _ = try run.next()
      first.append(try #require(try run.objective.health()).entropy)
      while try run.next() != nil {}
      last.append(try #require(try run.objective.health()).entropy)
    }
    #expect(first[0] == first[1], "both start alike")
    #expect(last[1] > last[0] + 0.1 && last[1] > first[1] + 0.1, "from \(first) to \(last) nats")
  }
}
