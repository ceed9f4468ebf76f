import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite struct SchedulerParity {
  let io: Golden
  let config: FlowScheduleConfig

  init() throws {
    io = try Goldens.io("scheduler")
    config = try io.config()
  }

  @Test("Noise levels, timesteps and mu equal diffusers for every number of steps and tokens")
  func noiseLevelsTimestepsAndMuEqualDiffusers() throws {
    let cases = io.names.filter { $0.hasSuffix(".sigmas") }.map { String($0.dropLast(".sigmas".count)) }
    #expect(cases.count >= 8)
    for name in cases {
      let numbers = name.dropFirst().split(separator: "_n").compactMap { Int($0) }
      let schedule = try FlowSchedule(steps: numbers[0], tokens: numbers[1], config: config)
      try withTorchErrors {
        #expect(try Tensor(schedule.sigmas).to(Goldens.device).distance(to: io["\(name).sigmas"]) <= 1e-6, "\(name)")
        let reference = try io["\(name).timesteps"]
        let relative = try (Tensor(schedule.timesteps).to(Goldens.device) - reference).magnitude() / reference
        #expect(relative.maximum().item() <= 1e-6, "\(name)")
        let mu = try io["\(name).mu"].item()
        #expect(abs(FlowSchedule.mu(tokens: numbers[1], config: config) - mu) <= 1e-12, "\(name)")
      }
    }
  }

  @Test("Euler steps equal diffusers", arguments: ["f32", "bf16"]) func eulerStepsEqualDiffusers(dtype: String) throws {
    try withTorchErrors {
      let schedule = try FlowSchedule(steps: 6, tokens: 1024, config: config)
      var sample = try io["step.\(dtype).sample.0"]
      for index in 0..<schedule.count {
        sample = schedule.step(index, sample: sample, velocity: try io["step.\(dtype).model_output.\(index)"])
        #expect(try sample.distance(to: io["step.\(dtype).sample.\(index + 1)"]) <= 2e-6, "step \(index)")
      }
    }
  }
}

@Suite struct DenoiseParity {
  let io: Golden
  let config: FluxConfig

  init() throws {
    io = try Goldens.io("denoise_tiny")
    config = try io.config(at: "flux")
  }

  /// Four steps from the golden's noise.
  private func denoise(_ transformer: FluxTransformer, _ tag: String) throws {
    let noise = try io["noise"]
    let (rows, columns) = (noise.size(2) / 2, noise.size(3) / 2)
    let schedule = try FlowSchedule(steps: 4, tokens: rows * columns, config: io.config(at: "scheduler"))
    let context = TokenGroup(
      tokens: LatentPacking.pack(try io["context_latents"]),
      positions: try TokenGroup.gridPositions(rows: rows, columns: columns, index: 1, device: Goldens.device), isNoisy: false)
    let positions = try TokenGroup.gridPositions(rows: rows, columns: columns, index: 0, device: Goldens.device)
    #expect(try concatenated([positions, context.positions], along: 0).distance(to: io["img_ids"]) == 0)
    let (tokens, modulator) = (LatentPacking.pack(noise), try #require(transformer.modulator))
    var denoiser = Denoiser(
      transformer, schedule: schedule, noise: tokens, positions: positions, context: [context], text: try io["prompt_embeds"],
      modulations: modulator(schedule, like: tokens, guidance: 2.5, pooled: try io["pooled_prompt_embeds"]))
    for index in 0..<4 {
      let didStep = denoiser.step()
      #expect(didStep)
      #expect(try #require(denoiser.velocity).distance(to: try io["\(tag).velocity.\(index)"]) <= 2e-5, "\(tag), step \(index)")
      #expect(try denoiser.sample.distance(to: io["\(tag).latents.\(index + 1)"]) <= 2e-5, "\(tag), step \(index)")
    }
    let didStepAgain = denoiser.step()
    #expect(!didStepAgain)
    let final = LatentPacking.unpack(denoiser.sample, rows: rows, columns: columns)
    #expect(try final.distance(to: io["\(tag).final"]) <= 2e-5)
  }

  private func mix() throws -> Mix {
    Mix(basis: try BasisFile(Goldens.file("lorweb_tiny.basis")).basis(device: Goldens.device), query: try io["query"])
  }

  @Test("Four steps without a basis equal the diffusers pipeline") func fourStepsWithoutABasisEqualThe() throws {
    try withTorchErrors { try noGrad { try denoise(goldenTransformer(config), "base") } }
  }

  @Test("Four steps with the basis attached equal the reference", arguments: [false, true])
  func fourStepsWithTheBasisAttachedEqual(asLoRA: Bool) throws {
    try withTorchErrors {
      try noGrad {
        let transformer = try goldenTransformer(config)
        let adapter: any Adapter = asLoRA ? try mix().lora() : try mix()
        let attachment = try adapter.attach(to: transformer.registry.deltas, adapter.fit(transformer.registry))
        try denoise(transformer, "lorweb")
        attachment.takeOff()
        try denoise(transformer, "base")
      }
    }
  }

  @Test("Four steps with the basis fused while loading equal the reference") func fourStepsWithTheBasisFusedWhile() throws {
    try withTorchErrors {
      try noGrad {
        let fused = try FusedSource(Goldens.weights("flux_tiny"), adding: mix())
        try denoise(
          load(from: fused, dtype: .float32, device: Goldens.device) { try FluxTransformer($0, config: config) }, "merged")
      }
    }
  }
}
