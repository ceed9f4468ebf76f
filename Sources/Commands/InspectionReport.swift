import Foundation
import LoRWeB
import LoRWeBCheckpoints
import LoRWeBTorch

/// Headed lists of named values: what `inspect` and `doctor` print, as text or as JSON.
struct InspectionReport: Encodable {
  struct Line: Encodable {
    let name: String
    let value: String
    /// Where the value came from, if several places could say it.
    var source: String?

    init(_ name: String, _ value: String, source: String? = nil) {
      (self.name, self.value, self.source) = (name, value, source)
    }
  }

  struct Section: Encodable {
    let title: String
    var lines: [Line]
  }

  var sections: [Section] = []

  mutating func add(_ title: String, _ lines: [Line]) { sections.append(Section(title: title, lines: lines)) }

  /// The same where there is a line.
  mutating func addAny(_ title: String, _ lines: [Line]) { if !lines.isEmpty { add(title, lines) } }

  mutating func add(_ title: String, _ values: KeyValuePairs<String, String>) {
    add(title, values.map { Line($0.key, $0.value) })
  }

  var text: String {
    sections.map { section in
      let width = section.lines.map(\.name.columns).max() ?? 0
      let lines = section.lines.map { line in
        let name = line.name.padded(toColumns: width)
        return "  \(name)  \(line.value)\(line.source.map { "  (from \($0))" } ?? "")"
      }
      return ([section.title] + lines).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }
}

extension InspectionReport {
  /// The recipe a picture carries.
  static func recipe(of file: PictureFile) throws -> InspectionReport {
    guard let text = try file.text()[Recipe.key] else {
      _ = try file.picture { _ in }  // one that is broken is said to be
      throw ModelFolderError.badFile(
        file.name, "it carries no recipe, so lorweb edit didn't make it or it was saved anew since")
    }
    guard let recipe = try? JSONDecoder().decode(Recipe.self, from: Data(text.utf8)) else {
      throw ModelFolderError.badFile(file.name, "its recipe is not one this program understands")
    }
    var report = InspectionReport.recipe(recipe, named: URL(filePath: file.name).lastPathComponent)
    if let expected = recipe.picture, try Recipe.Content(pixelsOf: file.picture { _ in }) != expected {
      report.add("Warning", ["": "The picture was changed since: its pixels aren't those that this recipe was written for."])
    }
    return report
  }

  static func recipe(_ recipe: Recipe, named name: String) -> InspectionReport {
    var report = InspectionReport()
    report.add(
      "Recipe of \(name)",
      [
        "model": recipe.model, "basis": recipe.basis, "encoder": recipe.encoder,
        "prompt": recipe.prompt.isEmpty ? "(empty: the pictures alone)" : recipe.prompt, "seed": "\(recipe.seed)",
        "steps": "\(recipe.steps)", "guidance": "\(recipe.guidance)", "strength": "\(recipe.strength)",
        "solver": (recipe.solver ?? .euler).rawValue, "layout": (recipe.layout ?? .full).rawValue,
        "keys kept for": "\(recipe.keep ?? 1) steps",
        "details": recipe.details.rawValue, "computed": "\(recipe.dtype) on \(recipe.device)",
        "canvas": "\(recipe.canvas.canvas), tiles \(recipe.canvas.tile)", "b": "\(recipe.canvas.b)",
      ])
    func line(_ name: String, _ content: Recipe.Content) -> Line {
      Line(name, "\(content.sha256) (SHA-256 of its \(content.of.rawValue), \(content.bytes.formatted()) bytes)")
    }
    if let pictures = recipe.pictures {
      report.add("Made from", [line("a", pictures.a), line("a'", pictures.aPrime), line("b", pictures.b)])
    }
    if let files = recipe.files {
      let groups = [("basis: ", files.basis), ("encoder: ", files.encoder), ("", files.weights)]
      report.add(
        "Made with",
        groups.flatMap { group, files in files.sorted { $0.key < $1.key }.map { line(group + $0.key, $0.value) } })
    }
    if let machine = recipe.machine {
      report.add(
        "Made by",
        [
          "lorweb": "\(machine.lorweb) on libtorch \(machine.libtorch), \(machine.threads) threads",
          "processor": ([machine.processor] + machine.flags).joined(separator: " "),
        ])
    }
    let coefficients = recipe.meanCoefficients.enumerated().map { index, value in
      let bar = String(repeating: "▇", count: Int((min(abs(value), 1) * 40).rounded()))
      return Line("\(index)", String(format: "%+.3f %@", value, bar))
    }
    report.add("LoRAs used, mean over layers", coefficients)
    report.addAny("Warnings", recipe.warnings.map { Line("", $0) })
    return report
  }

  /// A basis, or any other weight file.
  static func weights(_ url: URL, config: URL?) throws -> InspectionReport {
    var report = InspectionReport()
    do {
      try report.add(BasisFile(url, config: config))
    } catch AdapterError.noBasis {
      report.add(try SafetensorsFile(url))
    }
    return report
  }

  private mutating func add(_ basis: BasisFile) {
    let settings = basis.router.settings
    func router(_ name: String, _ value: String) -> Line { Line(name, value, source: basis.router.origins[name]) }
    add(
      "LoRWeB basis \(basis.url.lastPathComponent)",
      [
        "LoRAs (N)": "\(basis.size.count)", "rank (r)": "\(basis.size.rank)", "key width (d)": "\(basis.size.keyWidth)",
        "query width (Q)": "\(basis.size.queryWidth)", "adapted linears": "\(basis.layers.count)",
        "parameters": basis.parameterCount.formatted(),
      ])
    add(
      "Router",
      [
        router("heads", "\(settings.heads)"), router("activation", settings.activation.rawValue),
        router("reduce", settings.reduce.rawValue), router("queryMode", settings.queryMode.rawValue),
        router("encoder", settings.encoder), router("encoderWidth", settings.encoderWidth.map(String.init) ?? "unknown"),
      ])
    addAny("Metadata", basis.metadata.entries.map { Line($0.key, $0.value) })
    addAny("Warnings", basis.warnings.map { Line("", $0) })
  }

  private mutating func add(_ file: SafetensorsFile) {
    let values = file.header.entries.reduce(0) { $0 + $1.shape.reduce(1, *) }
    add("Weights \(file.url.lastPathComponent)", ["tensors": "\(file.names.count)", "parameters": values.formatted()])
    add("Tensors", file.header.entries.map { Line($0.name, "\($0.dtype) \($0.shape)") })
    addAny("Metadata", file.metadata.entries.map { Line($0.key, $0.value) })
  }

  /// A model folder: its components with sizes, how it is used, and its basis.
  static func folder(_ folder: ModelFolder, config: URL?) throws -> InspectionReport {
    var report = InspectionReport()
    let usage = folder.usage
    report.add(
      "Model \(folder.url.lastPathComponent)",
      [
        "tile": usage.tile.map { "\($0) pixels, square" } ?? "b's aspect, area of \(ModelUsage.defaults.tile)² pixels",
        "steps": "\(usage.sampling.steps)", "guidance": "\(usage.sampling.guidance)",
      ])
    report.add("Components", try ModelPart.allCases.map { try component($0, of: folder) })
    if let basis = folder.basis { try report.add(BasisFile(basis, config: config)) }
    return report
  }

  private static func component(_ component: ModelPart, of folder: ModelFolder) throws -> Line {
    guard folder.has(component) else { return Line(component.rawValue, "missing") }
    guard component.stem != nil else { return Line(component.rawValue, "there") }
    let weights = try folder.weights(component)
    let values = (weights.names ?? []).reduce(0) { $0 + (weights.shape(of: $1) ?? []).reduce(1, *) }
    let types = Set((weights.names ?? []).compactMap { weights.entry($0)?.dtype.description }).sorted()
    return Line(component.rawValue, "\(values.formatted()) parameters, \(types.joined(separator: " and "))")
  }
}
