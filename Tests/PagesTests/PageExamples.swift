import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBComparison
import LoRWeBEvaluation
import LoRWeBTorch
import LoRWeBTraining

/// The examples of README.md and docs/, word for word, so that what a page shows is what compiles. `PageTests` compares them.
enum PageExamples {
  // MARK: - README.md

  static func first(a: Picture, aPrime: Picture, b: Picture, output: URL) async throws {
    let editor = try AnalogyEditor()
    let result = try await editor.edit(AnalogyEdit(a: a, aPrime: aPrime, b: b))
    try result.picture.write(to: output)
  }

  // MARK: - docs/library.md

  static func followed(a: URL, aPrime: URL, b: URL, output: URL, show: (Double, Picture?) -> Void) async throws {
    let editor = try AnalogyEditor()  // or AnalogyEditor(model: .folder(kontext), basis: file, encoder: clip, device: "cuda")
    var edit = try AnalogyEdit(
      a: PictureFile(contentsOf: a), aPrime: PictureFile(contentsOf: aPrime), b: PictureFile(contentsOf: b))
    edit.strength = 0.8
    for try await step in editor.run(edit) {  // leave the loop to cancel
      show(step.fraction, try step.preview?.picture())
      if let result = step.result { try result.picture.write(to: output) }
    }
  }

  static func several(_ first: AnalogyEdit, with editor: AnalogyEditor) async throws -> [AnalogyResult] {
    let edits = (UInt64(0)..<4).map { seed in
      var edit = first
      edit.seed = seed
      return edit
    }
    let results = try await editor.edit(edits)
    return results
  }

  static func shared(folder: URL, basis: URL, another: URL) async throws -> (AnalogyEditor, AnalogyEditor, Int) {
    let host = try ModelHost(ModelFolder(folder), residency: .budget(bytes: 8 << 30))
    let editor = try await AnalogyEditor(host, basis: basis, model: "kontext")
    let other = try await AnalogyEditor(editor, basis: another)  // shares the parts in memory
    let bytes = try await host.perform { model in model.parts.byteCount }
    return (editor, other, bytes)
  }

  static func carrying(_ result: AnalogyResult, to output: URL) throws {
    try result.picture.write(to: output) { seen in [Recipe.key: try result.recipe.belonging(to: seen).json()] }
  }

  // MARK: - docs/train.md

  static func trained(
    model: URL, folder: URL, run: URL, show: @escaping @Sendable (PreparationNews) -> Void
  ) async throws -> URL {
    var plan = BasisTraining(model: model, inputs: .pictures(TrainingSet(folder)), output: run, config: .mini)
    plan.device = try Device(named: "cuda")
    let session = TrainingSession(plan)
    try await session.prepare { news in show(news) }  // reads, encodes and loads
    for try await step in session { print(step.metrics.loss) }  // leave the loop, or cancel the task, to stop
    let checkpoint = try await session.end()  // written by then
    return checkpoint
  }

  // MARK: - docs/evaluate.md

  static func measured(folder: URL, by myEdit: @escaping @Sendable (EvaluationItem) async throws -> Picture) async throws {
    let suite = try SuiteFolder(folder)
    let engine = Engine()  // import LoRWeBTorch
    let judges: [any Judge] = [
      PictureJudge(), try PerceptualJudge(engine: engine), try DirectionJudge.imgFocus(engine: engine), MyVote(),
    ]
    let session = try EvaluationSession(
      suite, preparation: PlainPreparation(readsOthers: true),
      methods: [MakingMethod.copy("copy b"), MakingMethod("ours") { item in try await myEdit(item) }], by: Evaluator(judges))
    var table = try ResultTable(title: suite.name, baseline: "copy b", columns: session.columns, scores: [])
    for try await row in session { try table.add(row.scores) }
    print(table.markdown())
  }

  struct MyVote: Judge {
    static let wins = Column("vote_wins", name: "wins", better: .higher, isShare: true)  // the mean's interval is Wilson's
    let columns = [wins]

    func judge(_ outputs: [MethodOutput], of item: EvaluationItem) async throws -> [Verdict] {
      let shares = try await ask(outputs.map(\.picture), about: item)
      return shares.map { [Self.wins: $0] }
    }
  }

  static func compared() async throws -> (ComparedModel, MakingMethod) {
    let model = try await ComparedModel(own: AnalogyEditor(), answers: .init(truth: true, others: true))
    let ours = MakingMethod("basis, no prompt") { try await model.answer(.basis(isTold: false), for: $0) }
    return (model, ours)
  }

  // MARK: - docs/data-procedural.md and docs/engine.md

  static func drawn(_ material: Material) throws -> ProceduralQuadruple {
    let maker = try QuadrupleMaker(material: material.part(.train), side: 128)
    let quadruple = try maker.quadruple(TaskCatalogue.standard.task("hat"), seed: 7)
    return quadruple
  }

  static func computed(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) throws -> (Engine, Tensor) {
    let engine = Engine(device: try Device(named: "cpu"))
    let y = try withTorchErrors { x.linear(weight, bias).gelu() }
    return (engine, y)
  }
}

extension PageExamples.MyVote {
  private func ask(_ pictures: [Picture], about item: EvaluationItem) async throws -> [Double] {
    pictures.map { $0 == item.bPrime ? 1 : 0 }
  }
}
