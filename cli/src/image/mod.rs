//! The image of `--emit oci`: a tar archive with the layout that the Open Container
//! Initiative describes, made of executables alone. [`mod@layer`] is what a container has as
//! its files; this file adds what describes it. The same executables give the same bytes.

pub mod layer;

use crate::args::values::{Label, Listener};
use crate::files::output::Content;
use crate::policy::Policy;
use anyhow::{Context, Result};
use layer::{USER, WORK, layer};
use oci_spec::image::{
    ANNOTATION_REF_NAME, Arch, ConfigBuilder, Descriptor, DescriptorBuilder,
    ImageConfigurationBuilder, ImageIndexBuilder, ImageManifestBuilder, MediaType,
    OciLayoutBuilder, Os, PlatformBuilder, RootFsBuilder, SCHEMA_VERSION, Sha256Digest,
};
use quench_compiler::Target;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use tar::{Builder, Header};

/// The label with the permissions of the program, as JSON.
const POLICY_LABEL: &str = "io.github.quench-lang.policy";

/// The name of the image in its layout, by which tools find it.
const REFERENCE: &str = "latest";

/// An image, whose executables are added one by one.
pub struct Image<'a> {
    name: &'a str,
    policy: &'a Policy,
    labels: &'a [Label],
    /// Time of all files, in seconds since 1970.
    time: u64,
    /// Path and content of each file.
    files: BTreeMap<String, Vec<u8>>,
    manifests: Vec<Descriptor>,
}

impl<'a> Image<'a> {
    /// Begins an image of the program with this name and these permissions.
    pub fn new(name: &'a str, policy: &'a Policy, labels: &'a [Label], time: u64) -> Image<'a> {
        Image { name, policy, labels, time, files: BTreeMap::new(), manifests: Vec::new() }
    }

    /// Adds the executable for a machine; `report` describes its permissions.
    ///
    /// # Errors
    ///
    /// When a directory of the program is where the executable is.
    pub fn add(
        &mut self,
        target: Target,
        executable: &[u8],
        report: &impl Serialize,
    ) -> Result<()> {
        let layer = layer(self.name, executable, &self.policy.directories, self.time)?;
        let mut labels: HashMap<String, String> =
            HashMap::from([(POLICY_LABEL.to_string(), serde_json::to_string(report)?)]);
        labels.extend(self.labels.iter().map(|label| (label.name.clone(), label.value.clone())));
        let ports = self.policy.listeners.iter().filter_map(|listener| match listener {
            Listener::Ip(address) => Some(format!("{}/tcp", address.port())),
            Listener::Unix(_) | Listener::Inherited(_) => None,
        });
        let mut config = ConfigBuilder::default()
            .user(format!("{USER}:{USER}"))
            .entrypoint([format!("/{}", self.name)])
            .working_dir(if layer.has_work { format!("/{WORK}") } else { "/".to_string() })
            .labels(labels);
        let ports: Vec<String> = ports.collect();
        if !ports.is_empty() {
            config = config.exposed_ports(ports);
        }
        let layer = self.blob(MediaType::ImageLayer, layer.tar)?;
        let architecture = match target {
            Target::X86_64 => Arch::Amd64,
            Target::Aarch64 => Arch::ARM64,
        };
        let rootfs = RootFsBuilder::default().diff_ids([layer.digest().to_string()]);
        let config = ImageConfigurationBuilder::default()
            .architecture(architecture.clone())
            .os(Os::Linux)
            .config(config.build()?)
            .rootfs(rootfs.build()?);
        let config = self.json(MediaType::ImageConfig, &config.build()?)?;
        let manifest = ImageManifestBuilder::default()
            .schema_version(SCHEMA_VERSION)
            .media_type(MediaType::ImageManifest)
            .config(config)
            .layers([layer]);
        let mut manifest = self.json(MediaType::ImageManifest, &manifest.build()?)?;
        let platform = PlatformBuilder::default().architecture(architecture).os(Os::Linux);
        manifest.set_platform(Some(platform.build()?));
        self.manifests.push(manifest);
        Ok(())
    }

    /// Completes the image. With executables for several machines, it has an index of them,
    /// from which tools take the one for theirs.
    ///
    /// # Errors
    ///
    /// When a description is not complete; nothing in the input causes that.
    pub fn finish(mut self) -> Result<Layout> {
        let mut manifests = std::mem::take(&mut self.manifests);
        if manifests.len() > 1 {
            let index = index(manifests)?;
            manifests = vec![self.json(MediaType::ImageIndex, &index)?];
        }
        for manifest in &mut manifests {
            let reference = (ANNOTATION_REF_NAME.to_string(), REFERENCE.to_string());
            manifest.set_annotations(Some(HashMap::from([reference])));
        }
        self.files.insert("index.json".to_string(), json(&index(manifests)?)?);
        let layout = OciLayoutBuilder::default().image_layout_version("1.0.0").build()?;
        self.files.insert("oci-layout".to_string(), json(&layout)?);
        Ok(Layout { files: self.files, time: self.time })
    }

    /// Adds a description.
    fn json(&mut self, kind: MediaType, value: &impl Serialize) -> Result<Descriptor> {
        self.blob(kind, json(value)?)
    }

    /// Adds a file, whose name is its hash.
    fn blob(&mut self, kind: MediaType, content: Vec<u8>) -> Result<Descriptor> {
        let mut hash = String::new();
        for byte in Sha256::digest(&content) {
            hash.push_str(&format!("{byte:02x}"));
        }
        let digest: Sha256Digest = hash.parse()?;
        let descriptor =
            DescriptorBuilder::default().media_type(kind).digest(digest).size(content.len() as u64);
        self.files.insert(format!("blobs/sha256/{hash}"), content);
        Ok(descriptor.build()?)
    }
}

fn index(manifests: Vec<Descriptor>) -> Result<impl Serialize> {
    let index = ImageIndexBuilder::default()
        .schema_version(SCHEMA_VERSION)
        .media_type(MediaType::ImageIndex)
        .manifests(manifests);
    Ok(index.build()?)
}

/// Returns a description as JSON, with its keys in order: some of the maps have none.
fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut value = serde_json::to_value(value)?;
    value.sort_all_objects();
    Ok(serde_json::to_vec(&value)?)
}

/// A complete image.
pub struct Layout {
    files: BTreeMap<String, Vec<u8>>,
    time: u64,
}

impl Layout {
    /// Returns the size of all files in it, in bytes.
    pub fn size(&self) -> u64 {
        self.files.values().map(|content| content.len() as u64).sum()
    }
}

impl Content for Layout {
    fn write_to<W: Write>(&self, out: &mut W) -> io::Result<()> {
        let mut tar = Builder::new(out);
        for (path, content) in &self.files {
            let mut header = Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(self.time);
            tar.append_data(&mut header, path, &content[..])?;
        }
        tar.finish()
    }
}

/// Returns the name of a program in an image.
///
/// # Errors
///
/// When it is not UTF-8.
pub fn name(stem: Option<&std::ffi::OsStr>) -> Result<&str> {
    let Some(stem) = stem else { return Ok("program") };
    stem.to_str().with_context(|| {
        format!("`{}` is not UTF-8, as names in an image have to be", stem.display())
    })
}
