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
    func refused(_ found: String, _ advice: String?) -> CheckpointError {
      let layouts = WeightLayout.known(for: []).filter { $0.part == part }.map(\.name).joined(separator: ", ")
      return CheckpointError(
        .otherWeights, source.location, expected: "\(part.rawValue) (\(layouts))", found: found,
        advice: advice ?? part.advice)
    }
    let all = Set(names)
    let found = WeightLayout.known(for: names).compactMap { layout in layout.prefix(in: all).map { (layout, $0) } }
    let match = found.first { $0.0.part == part }
    let own = match.map { layout, prefix in names.filter { !layout.ignores($0, behind: prefix) } } ?? names
    if let form = OtherWeights.quantised(in: own) { throw refused("\(form.name) (\(quoted(form.example)))", form.advice) }
    if let (layout, prefix) = match {
      (self.layout, self.prefix) = (layout, prefix)
      let kept = Set(own)
      self.source = try RenamedSource(source, rules: layout.rules, prefix: prefix, ignoring: { !kept.contains($0) })
      return
    }
    if !found.isEmpty {
      throw refused(found.map { "\($0.0.part.rawValue) in \($0.0.name)" }.joined(separator: ", "), nil)
    }
    if let model = OtherWeights.model(in: names) { throw refused("\(model.name) (\(quoted(model.example)))", model.advice) }
    throw refused(
      names.first.map { "\(names.count) tensors of unknown names, such as \(quoted($0))" } ?? "no tensors",
      "check that this is the file that was meant")
  }
}
