import LoRWeBModels

/// One part of a model under the names that our models ask for (diffusers', transformers'), whatever tool wrote the weights.
public struct RecognisedWeights {
  /// What they were recognised as.
  public let layout: WeightLayout
  /// What all names began with in addition; empty for a file of this part alone.
  public let prefix: String
  /// The tensors, fp8 as fp32. Names that the layout doesn't know keep their own, so that strict loading reports them.
  public let source: any WeightSource

  /// Recognises weights by their tensors' names: a file of this part, or a whole checkpoint that holds it among others.
  /// - Throws: `CheckpointError.otherWeights` naming what was found where it isn't this part in a known layout.
  public init(_ source: any WeightSource, as part: WeightLayout.Part) throws {
    let source = Float8Source(source)
    let names = source.names ?? []
    func refused(_ found: String, _ advice: String) -> CheckpointError {
      let layouts = WeightLayout.known(for: []).filter { $0.part == part }.map(\.name).joined(separator: ", ")
      return CheckpointError(
        .otherWeights, source.location, expected: "\(part.rawValue) (\(layouts))", found: found, advice: advice)
    }
    if let form = OtherWeights.quantised(in: names) { throw refused("\(form.name) (\(quoted(form.example)))", form.advice) }
    let all = Set(names)
    let found = WeightLayout.known(for: names).compactMap { layout in layout.prefix(in: all).map { (layout, $0) } }
    if let (layout, prefix) = found.first(where: { $0.0.part == part }) {
      (self.layout, self.prefix) = (layout, prefix)
      self.source = try RenamedSource(
        source, rules: layout.rules, prefix: prefix, ignoring: { layout.ignores($0, behind: prefix) })
      return
    }
    if !found.isEmpty {
      throw refused(
        found.map { "\($0.0.part.rawValue) in \($0.0.name)" }.joined(separator: ", "), "give the file of \(part.rawValue)")
    }
    if let model = OtherWeights.model(in: names) { throw refused("\(model.name) (\(quoted(model.example)))", model.advice) }
    throw refused(
      names.first.map { "\(names.count) tensors of unknown names, such as \(quoted($0))" } ?? "no tensors",
      "check that this is the file that was meant")
  }
}
