import Foundation
import LoRWeBAdapters
import LoRWeBTorch
import LoRWeBTraining
import Testing

@Suite("Recipes")
struct ConfigTests {
  @Test("The preset is the paper's recipe") func paper() {
    let paper = TrainingConfig.paper
    #expect(paper.basis.count == 32 && paper.basis.rank == 4 && paper.basis.keyWidth == 128 && paper.basis.heads == 1)
    #expect(paper.optimiser == AdamWSettings(learningRate: 1e-3, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.05))
    #expect(paper.optimiser.maxGradientNorm == 1 && paper.schedule.kind == .constant && paper.average == 0)
    #expect(paper.loss.weighting == .bell && paper.loss.outside == 1 && paper.guidance == 1 && paper.batch == 6)
  }

  @Test("A file's settings lie over the preset's, the command line's over the file's") func layers() throws {
    var layers = try ConfigLayers(TrainingConfig.paper)
    let text = "steps: 20\noptimiser:\n  learningRate: 4e-3\n  maxGradientNorm: null\nloss: {weighting: none, outside: 0.1}\n"
    try layers.add(YAMLText.value(text), place: "mine.yaml")
    try layers.set("steps=30")
    try layers.set("basis.queryMode=ca'-ca")
    let config = try layers.config()
    #expect(config.steps == 30 && config.optimiser.learningRate == 4e-3 && config.optimiser.maxGradientNorm == nil)
    #expect(config.loss.weighting == .none && config.loss.outside == 0.1 && config.basis.queryMode == .difference)
    #expect(config.batch == TrainingConfig.paper.batch)
  }

  @Test(
    "Settings that make no sense are refused by name",
    arguments: [
      "stepz=20", "steps=0", "steps=many", "basis=4", "optimiser.beta1=1", "loss.weighting=bel", "loss.weighting=[1, 2]",
      "basis.heads=3", "data.tasks=often", "noise.atPureNoise=2", "steps",
    ]) func refused(assignment: String) throws
  {
    let key = try #require(assignment.split(separator: "=").first?.split(separator: ".").last.map(String.init))
    let error = try #require(throws: (any Error).self) {
      var layers = try ConfigLayers(TrainingConfig.paper)
      try layers.set(assignment)
      _ = try layers.config()
    }
    #expect("\(error)".contains(key) || "\(error)".contains("beta"), "\(error)")
  }

  @Test(
    "A name that isn't among a setting's is refused with those that are",
    arguments: [
      ("arithmetic=bf16", "bf16; expected one of float32, base"), ("learn=A", "A; expected one of all, router, loras"),
      ("data.directions=back", "back; expected one of forward, both"),
      ("basis.activation=relu", "relu; expected one of softmax, tanh"),
    ]) func namedChoices(assignment: String, words: String) throws
  {
    let error = try #require(throws: (any Error).self) {
      var layers = try ConfigLayers(TrainingConfig.paper)
      try layers.set(assignment)
      _ = try layers.config()
    }
    #expect("\(error)".contains(words), "\(error)")
  }

  @Test("A checkpoint from before there was data.tasks is read as it was meant") func olderSettings() throws {
    var layers = try ConfigLayers(TrainingConfig.paper)
    try layers.set("data.tasks=evenly")
    let config = try layers.config()
    let json = String(decoding: try JSONEncoder().encode(config), as: UTF8.self)
    #expect(try JSONDecoder().decode(TrainingConfig.self, from: Data(json.utf8)) == config)
    let older = [#""tasks":"evenly","#, #","tasks":"evenly""#].reduce(json) { $0.replacing($1, with: "") }
    #expect(older != json)
    #expect(try JSONDecoder().decode(TrainingConfig.self, from: Data(older.utf8)) == .paper)
  }

  @Test("An entropy term is refused where no router learns") func entropyWithoutRouter() throws {
    var layers = try ConfigLayers(TrainingConfig.paper)
    try layers.set("loss.entropy=0.1")
    _ = try layers.config()
    try layers.set("learn=loras")
    let error = try #require(throws: TrainingError.self) { _ = try layers.config() }
    #expect("\(error)".contains("loss.entropy"))
  }

  @Test("The authors' YAML is read as it is, and what means nothing here is named") func authors() throws {
    let text = """
      job: extension
      config:
        name: run
        process:
          - type: sd_trainer
            training_folder: output
            network:
              type: attlora
              linear: 4
              network_kwargs: {loras_num: 16, lora_keys_dim: 64, lora_softmax: true, query_mode: "cat-aa'b", lora_heads: 2}
            save: {dtype: float16, save_every: 100, max_step_saves_to_keep: 3}
            datasets: [{folder_path: a}]
            train:
              batch_size: 3
              steps: 77
              gradient_checkpointing: false
              timestep_type: weighted
              lr: 1e-3
              optimizer_params: {betas: [0.8, 0.95], weight_decay: 0.01}
      """
    #expect(AuthorsYAML(try YAMLText.value("steps: 3"), place: "mine.yaml") == nil)
    let recipe = try AuthorsRecipe(#require(AuthorsYAML(YAMLText.value(text), place: "run.yaml")))
    let config = recipe.config
    #expect(config.basis.count == 16 && config.basis.rank == 4 && config.basis.keyWidth == 64 && config.basis.heads == 2)
    #expect(config.batch == 3 && config.steps == 77 && config.saveEvery == 100 && config.keepLast == 3 && !config.recompute)
    #expect(config.optimiser.beta1 == 0.8 && config.optimiser.beta2 == 0.95 && config.optimiser.weightDecay == 0.01)
    #expect(config.optimiser.learningRate == 1e-3 && config.optimiser.epsilon == 1e-6)
    #expect(recipe.ignored == ["network.type", "save.dtype", "training_folder", "type"])
  }

  @Test("A recipe file that can't be used is refused in a sentence: its parser's line and column, or what it is about")
  func recipeFiles() throws {
    func refusal(_ text: String) throws -> String {
      "\(try #require(throws: TrainingError.self) { try RecipeFile(text, place: "recipe.yaml") })"
    }
    for text in ["steps: 20\noptimiser:\n  learningRate: [1\nbatch: 2\n", "{\n  \"steps\": 20,\n  \"batch\" 3\n}"] {
      let said = try refusal(text)
      #expect(said.hasPrefix("recipe.yaml: the text is neither YAML nor JSON (line "), "\(said)")
      #expect(["(line 3, column ", "(line 4, column "].contains { said.contains($0) }, "\(said)")
    }
    let twice = try refusal("batch: 2\nsteps: 1\nsteps: 2\n")
    #expect(twice.contains("(line ") && twice.contains("steps stands twice"), "\(twice)")
    for type in ["lora", "lokr"] {
      let text = "config:\n  process:\n  - network: {type: \(type), linear: 16}\n    train: {steps: 3000}\n"
      let said = try refusal(text)
      #expect(said.contains("network.type is \(type)") && said.contains("not of a basis"), "\(said)")
    }
    guard case .ours(let settings) = try RecipeFile("steps: 3", place: "recipe.yaml") else {
      Issue.record("not ours")
      return
    }
    var layers = try ConfigLayers(TrainingConfig.paper)
    try layers.add(settings, place: "recipe.yaml")
    #expect(try layers.config().steps == 3)
    let behind = try #require(throws: TrainingError.self) { try layers.set("loss.weighting=[1, 2") }
    #expect("\(behind)".contains("is no YAML behind the ="), "\(behind)")
  }

  @Test("Schedules rise, stay or fall as they say") func schedules() {
    let cosine = LearningRateSchedule(kind: .cosine, warmUp: 4, final: 0.1)
    #expect((0..<4).map { cosine.factor($0, of: 14) } == [0.25, 0.5, 0.75, 1])
    #expect(cosine.factor(4, of: 14) == 1 && abs(cosine.factor(13, of: 14) - 0.1) < 1e-12)
    let linear = LearningRateSchedule(kind: .linear)
    #expect((0..<5).map { linear.factor($0, of: 5) } == [1, 0.75, 0.5, 0.25, 0])
    #expect(LearningRateSchedule().factor(99, of: 100) == 1)
    let late = LearningRateSchedule(kind: .linear, warmUp: 2, flat: 0.5)
    #expect((0..<10).map { late.factor($0, of: 10) } == [0.5, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0])
  }

  @Test("Projections started at the difference ask with W (e(a') - e(a))") func difference() throws {
    var config = TrainingConfig.mini
    (config.basis.count, config.basis.keyWidth) = (3, 8)
    let basis = try LoRABasis.untrained(config, on: Tiny.transformer(), encoder: "tiny", encoderWidth: 4)
    try withTorchErrors {
      for layer in basis.layers.values {
        let parts = try #require(layer.toQ).chunked(3, along: 1)
        #expect((parts[0] + parts[1]).magnitude().maximum().item() == 0)
        #expect(parts[1].magnitude().maximum().item() > 0 && parts[2].magnitude().maximum().item() == 0)
      }
    }
    config.basis.queryMode = .difference
    #expect(throws: TrainingError.self) {
      try LoRABasis.untrained(config, on: Tiny.transformer(), encoder: "tiny", encoderWidth: 4)
    }
  }

  @Test("Noise levels are what they say") func noise() throws {
    try withTorchErrors {
      let generator = try Generator(seed: 1)
      let uniform = NoiseLevels().draw(20_000, generator: generator).array(of: Double.self)
      #expect(uniform.max() == 1 && abs((uniform.min() ?? 0) - 0.002) < 1e-6)
      #expect(abs(uniform.reduce(0, +) / 20_000 - 0.501) < 0.01)
      let levels = NoiseLevels(kind: .logitNormal, atPureNoise: 0.4, mean: 2, deviation: 1.2)
      let drawn = levels.draw(20_000, generator: generator).array(of: Double.self)
      #expect(abs(Double(drawn.count { $0 == 1 }) / 20_000 - 0.4) < 0.02)
      let rest = drawn.filter { $0 < 1 }.map { log($0 / (1 - $0)) }
      #expect(abs(rest.reduce(0, +) / Double(rest.count) - 2) < 0.05)
    }
  }
}
