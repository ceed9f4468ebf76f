import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import LoRWeBTraining
import Testing

/// Three steps of torch's AdamW on the tiny transformer, once plain, once to the authors' recipe, once clipped hard.
@Suite struct TrainParity {
  private struct Notes: Decodable {
    let lr: Double
    let betas: [Double]
    let weight_decay: Double
    let eps: Double
    let clip_grad_norm: Double?
    let weighted: Bool
    let steps: Int
  }

  private struct Run {
    let io: Golden
    let step: TrainingStep
    let optimiser: AdamW
    let steps: Int

    init(_ name: String, recomputes: Bool) throws {
      io = try Goldens.io(name)
      let notes: Notes = try io.notes()
      let config: FluxConfig = try io.config()
      let layers = try AdaptedLinear.all(in: config)
      let size = try BasisFile(Goldens.file("\(name).basis_init")).size
      let basis = try load(
        from: TrainableSource(Goldens.basisSource("\(name).basis_init")), dtype: .float32, device: Goldens.device
      ) {
        try LoRABasis($0, layers: layers, size: size, settings: .paper)
      }
      step = try TrainingStep(
        on: Velocity(goldenTransformer(config)), basis: basis,
        loss: FlowLoss(weighting: notes.weighted ? .bell : .none), recomputes: recomputes)
      optimiser = AdamW(
        TrainedTensor.of(basis, .all),
        AdamWSettings(
          learningRate: notes.lr, beta1: notes.betas[0], beta2: notes.betas[1], epsilon: notes.eps,
          weightDecay: notes.weight_decay, maxGradientNorm: notes.clip_grad_norm))
      steps = notes.steps
    }

    func accumulate(_ index: Int) throws -> TrainingStep.Outcome {
      func input(_ name: String) throws -> Tensor { try io["step\(index).\(name)"] }
      let batch = TrainingBatch(
        target: try input("x0"), context: try input("context"), rows: 4, columns: 4, text: try input("prompt_embeds"),
        pooled: try input("pooled"), query: try input("query"))
      let draw = NoiseDraw(sigmas: try input("timestep") / 1000, noise: try input("noise"))
      return try step.accumulate(batch, draw)
    }
  }

  private static let names = ["train_plain", "train_official_like", "train_clip"]

  @Test("Losses, predictions, norms and final parameters equal torch's", arguments: names, [false, true])
  func threeSteps(name: String, recomputes: Bool) throws {
    try withTorchErrors {
      let run = try Run(name, recomputes: recomputes)
      let (losses, norms) = (try run.io["losses"].array(of: Double.self), try run.io["grad_norms"].array(of: Double.self))
      #expect(run.steps == losses.count)
      for index in 0..<run.steps {
        let outcome = try run.accumulate(index)
        #expect(abs(outcome.loss.item() - losses[index]) <= 2e-6 * max(1, losses[index]), "step \(index)")
        #expect(try outcome.prediction.distance(to: run.io["step\(index).pred"]) <= 1e-4, "step \(index)")
        let norm = try run.optimiser.step().item()
        #expect(abs(norm - norms[index]) <= 1e-5 * max(1, norms[index]), "step \(index)")
      }
      let final = try Goldens.basisSource("\(name).basis_final")
      var (largest, sum, count) = (0.0, 0.0, 0.0)
      for parameter in run.step.basis.registry.parameters {
        let expected = try final.tensor(parameter.request).to(Goldens.device)
        let apart = (parameter.tensor.detach() - expected).magnitude()
        largest = max(largest, apart.maximum().item())
        sum += apart.to(.float64).sum().item()
        count += Double(parameter.tensor.count)
      }
      #expect(largest <= 1e-4 && sum / count <= 1e-6, "largest \(largest), mean \(sum / count)")
    }
  }

  @Test("The first gradients equal torch's", arguments: ["train_plain", "train_official_like"])
  func firstGradients(name: String) throws {
    try withTorchErrors {
      let run = try Run(name, recomputes: false)
      _ = try run.accumulate(0)
      let reference = try Goldens.basisSource("\(name).basis_grad0")
      var scale = 0.0
      for parameter in run.step.basis.registry.parameters {
        let expected = try reference.tensor(parameter.request).to(Goldens.device)
        scale = max(scale, expected.magnitude().maximum().item())
        let distance = try #require(parameter.tensor.grad).distance(to: expected)
        #expect(distance <= 1e-6, "\(parameter.name)")
      }
      #expect(scale > 1e-3)
    }
  }

  @Test("The bell's weights equal the reference's") func bell() throws {
    try withTorchErrors {
      let io = try Goldens.io("train_official_like")
      let timesteps = try io["step0.timestep"]
      let weights = try #require(TimestepWeighting.bell.weights(timesteps / 1000))
      #expect(try weights.distance(to: io["step0.weight"]) <= 1e-6)
    }
  }
}
