import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles

/// A run on one page, `report.html`: made of what lies in its folder, so that it can be written again at any time.
public struct RunReport {
  public static let file = "report.html"
  /// So many of the latest paintings of a sample are shown.
  private static let mostPaintings = 6

  private let folder: RunFolder
  private let config: any RunSettings

  public init(_ folder: RunFolder, config: any RunSettings) {
    (self.folder, self.config) = (folder, config)
  }

  /// Writes the page whole or not at all.
  ///
  /// - Throws: errors of the file system, `CheckpointError` such as a full disk; the old page stays then.
  public func write() throws {
    let metrics = MetricsLog.lines(folder)
    var page = HTMLPage(title: "Run \(folder.url.standardizedFileURL.lastPathComponent)")
    if let last = metrics.last {
      let pace = String(format: "%.2f", last.secondsPerStep)
      page.text("Step \(last.step) of \(config.steps), loss \(last.loss.formatted()), \(pace) s a step.")
    }
    addCurves(metrics, to: &page)
    try addSamples(to: &page)
    page.heading("Settings")
    page.preformatted(try config.readableText())
    try page.write(to: folder.url.appending(path: Self.file))
  }

  private func addCurves(_ metrics: [TrainingMetrics], to page: inout HTMLPage) {
    func curve(_ title: String, isSmoothed: Bool = false, _ value: (TrainingMetrics) -> Double?) {
      let points = metrics.compactMap { line in value(line).map { (line.step, $0) } }
      page.add(Curve.line(title, points, isSmoothed: isSmoothed))
    }
    page.heading("Curves")
    curve("Loss", isSmoothed: true, \.loss)
    curve("Learning rate", \.learningRate)
    curve("Gradients' norm before clipping", isSmoothed: true, \.gradientNorm)
    for name in Set(metrics.flatMap { $0.measured.map { Array($0.keys) } ?? [] }).sorted() {
      curve("Measured: \(name)") { $0.measured?[name] }
    }
    guard let last = metrics.last, let shares = last.shares, let silent = last.silent, shares.count > 1 else { return }
    let count = Double(shares.count)
    page.heading("Routing")
    curve(String(format: "Entropy of the coefficients in nats (ln N = %.2f is even use)", log(count)), \.entropy)
    page.add(Curve.bars("Share of use of each LoRA, now", shares, even: 1 / count))
    page.text("\(silent) of layers × N never rose above 1 / (4 N).")
  }

  private func addSamples(to page: inout HTMLPage) throws {
    let isThere = FileManager.default.fileExists(atPath: folder.samples.path(percentEncoded: false))
    let names = isThere ? Set(try Folder.names(in: folder.samples)) : []
    func part(_ name: String, _ position: Int) -> String? {
      let parts = name.dropLast(".jpg".count).split(separator: "-", maxSplits: 1)
      return name.hasSuffix(".jpg") && parts.count == 2 ? String(parts[position]) : nil
    }
    let numbers = Set(names.compactMap { part($0, 0).flatMap(Int.init) }).sorted()
    let steps = Set(names.compactMap { part($0, 1) }.filter { $0.hasPrefix("step-") }).sorted().suffix(Self.mostPaintings)
    guard !numbers.isEmpty else { return }
    let rows = try numbers.map { number in
      try (SampleGallery.given + steps).map { column in
        let name = "\(number)-\(column).jpg"
        return names.contains(name) ? HTMLPage.image(try Data(contentsOf: folder.samples.appending(path: name)), column) : ""
      }
    }
    page.heading("Samples")
    page.table(
      head: ["a", "a′", "b", "true b′"] + steps.map { "step \(Int($0.dropFirst(5)) ?? 0)" }, rows: rows)
  }
}
