import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBCheckpoints
import LoRWeBTorch

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Says whether this machine and this model are ready to edit, and what is missing if not.")

  @OptionGroup var options: ModelOptions
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    var report = InspectionReport()
    var problems: [String] = []
    report.add(
      "Engine",
      [
        "libtorch": torchVersion, "threads": "\(Engine.threads)",
        "memory": Int64(ProcessInfo.processInfo.physicalMemory).formatted(.byteCount(style: .memory)),
      ])
    report.add("Devices", Device.Kind.allCases.filter { $0 != .meta }.map { deviceLine("\($0)").line })
    if let problem = deviceLine(options.device).problem { problems.append(problem) }
    do {
      let found = try options.found()
      if let found {
        report.add(
          "Found", found.parts.map { .init($0.part.words, $0.url?.path(percentEncoded: false) ?? "missing", source: $0.place) })
        report.addAny(
          "Missing", found.missing.map { .init($0.words, Download.first(for: $0).map(Self.line) ?? "not known where to fetch") }
        )
      }
      let check = try ModelCheck(
        found?.source ?? options.embedded(), basis: options.basis, basisConfig: options.basisConfig)
      let findings = check.findings()
      report.add(
        "Model \(options.model ?? "(embedded)")",
        findings.map { .init($0.subject, $0.problem == nil ? "ok, \($0.detail)" : "not ready") })
      problems += findings.compactMap(\.problem)
    } catch {
      problems.append("\(error)")
    }
    let verdict = problems.isEmpty ? "Ready to edit." : problems.joined(separator: "\n")
    if json {
      report.add("Verdict", ["ready": "\(problems.isEmpty)", "problems": verdict])
      print(try report.readableText())
    } else {
      print(report.text + "\n\n" + (problems.isEmpty ? "" : "Not ready to edit:\n") + verdict)
    }
    if !problems.isEmpty { throw ExitCode.failure }
  }

  /// How a part is fetched.
  private static func line(_ download: Download) -> String {
    "\(download.command)  (\(Int64(download.size).formatted(.byteCount(style: .file))); \(download.licence))"
  }

  /// Tries one operator there.
  private func deviceLine(_ name: String) -> (line: InspectionReport.Line, problem: String?) {
    do {
      let device = try Device(named: name)
      let sum = try withTorchErrors {
        let ones = Tensor.ones([64, 64], device: device)
        return ones.mm(ones).sum().item()
      }
      guard sum == 64 * 64 * 64 else { throw TorchError("Device \(name) computes wrongly: a product of ones gave \(sum).") }
      return (.init(name, "works"), nil)
    } catch {
      return (.init(name, "not here"), "\(error)")
    }
  }
}
