//! What one Rust file says about modules and names: the modules it declares,
//! the items it defines, the names it imports and the paths it mentions. Leaves
//! out comments and what is compiled for tests only. Knows no other file.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use std::collections::BTreeSet;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ImplItemFn, Item, ItemMod, Macro, Meta, Path, Token, UseTree};

/// The names of a path such as `super::stack::Frame`, in their order.
pub(crate) type Names = Vec<String>;

/// A module: the file's own, or one that is written out in the file.
#[derive(Default)]
pub(crate) struct Module {
    /// Names of the modules around it in this file, and its own name. Empty for
    /// the file's own module.
    pub(crate) path: Names,
    /// Names of the child modules that have files of their own.
    pub(crate) children: Vec<String>,
    /// Names of the items defined in it, except modules.
    pub(crate) items: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    pub(crate) mentions: Vec<Mention>,
}

/// A leaf of a `use` declaration.
pub(crate) struct Import {
    /// The name that the import has in this module; `None` for `*`.
    pub(crate) name: Option<String>,
    pub(crate) path: Names,
    pub(crate) line: usize,
}

/// A path of two or more names in code.
pub(crate) struct Mention {
    pub(crate) path: Names,
    pub(crate) line: usize,
}

/// Returns the modules of a file, the file's own first.
///
/// # Panics
///
/// When the text cannot be parsed; the message begins with `path` and the line.
pub(crate) fn modules(path: &str, text: &str) -> Vec<Module> {
    let file = syn::parse_file(text)
        .unwrap_or_else(|error| panic!("{path}:{}: {error}", error.span().start().line));
    let mut reader = Reader { modules: vec![Module::default()], current: 0 };
    if !is_for_tests(&file.attrs) {
        reader.visit_file(&file);
    }
    reader.modules
}

struct Reader {
    modules: Vec<Module>,
    /// Index of the module that is being read.
    current: usize,
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = described(item);
        if is_for_tests(attributes) {
            return;
        }
        match item {
            Item::Mod(module) => self.child(module),
            Item::Use(item) => self.import(&item.tree, &[]),
            _ => {
                self.module().items.extend(name.map(Ident::to_string));
                visit::visit_item(self, item);
            }
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !is_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let names: Vec<&Ident> = path.segments.iter().map(|segment| &segment.ident).collect();
        self.mention(&names);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invocation: &'ast Macro) {
        self.visit_path(&invocation.path);
        self.tokens(invocation.tokens.clone());
    }
}

impl Reader {
    fn module(&mut self) -> &mut Module {
        &mut self.modules[self.current]
    }

    fn child(&mut self, module: &ItemMod) {
        let name = module.ident.to_string();
        let Some((_, items)) = &module.content else {
            // A file with a `path` of its own is not the crate's alone: it is left out.
            if !module.attrs.iter().any(|attribute| attribute.path().is_ident("path")) {
                self.module().children.push(name);
            }
            return;
        };
        let mut path = self.module().path.clone();
        path.push(name);
        let around = std::mem::replace(&mut self.current, self.modules.len());
        self.modules.push(Module { path, ..Module::default() });
        for item in items {
            self.visit_item(item);
        }
        self.current = around;
    }

    /// Records the leaves of a `use` declaration below `prefix`.
    fn import(&mut self, tree: &UseTree, prefix: &[String]) {
        let joined = |name: &Ident| [prefix, &[name.to_string()]].concat();
        let (name, path, line) = match tree {
            UseTree::Path(tree) => return self.import(&tree.tree, &joined(&tree.ident)),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.import(tree, prefix));
            }
            // `a::{self}` imports `a`.
            UseTree::Name(tree) if tree.ident == "self" => {
                (prefix.last().cloned(), prefix.to_vec(), tree.ident.span())
            }
            UseTree::Name(tree) => {
                (Some(tree.ident.to_string()), joined(&tree.ident), tree.ident.span())
            }
            UseTree::Rename(tree) if tree.ident == "self" => {
                (Some(tree.rename.to_string()), prefix.to_vec(), tree.ident.span())
            }
            UseTree::Rename(tree) => {
                (Some(tree.rename.to_string()), joined(&tree.ident), tree.ident.span())
            }
            UseTree::Glob(tree) => (None, prefix.to_vec(), tree.star_token.spans[0]),
        };
        self.module().imports.push(Import { name, path, line: line.start().line });
    }

    fn mention(&mut self, names: &[&Ident]) {
        if let [first, _, ..] = names {
            let line = first.span().start().line;
            let path = names.iter().map(|name| name.to_string()).collect();
            self.module().mentions.push(Mention { path, line });
        }
    }

    /// Records the paths among the tokens given to a macro, which need not be
    /// an expression or an item.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        while let [first, after @ ..] = rest {
            rest = after;
            match first {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(first) => {
                    let mut names = vec![first];
                    while let [TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(name), ..] =
                        rest
                        && (a.as_char(), a.spacing(), b.as_char()) == (':', Spacing::Joint, ':')
                    {
                        names.push(name);
                        rest = &rest[3..];
                    }
                    self.mention(&names);
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

/// Returns the attributes of an item, and the name that it defines.
fn described(item: &Item) -> (&[Attribute], Option<&Ident>) {
    match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::ExternCrate(item) => (&item.attrs, None),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::ForeignMod(item) => (&item.attrs, None),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
        Item::Mod(item) => (&item.attrs, Some(&item.ident)),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::TraitAlias(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Union(item) => (&item.attrs, Some(&item.ident)),
        Item::Use(item) => (&item.attrs, None),
        _ => (&[], None),
    }
}

/// Returns whether one of the attributes is a `cfg` that only tests satisfy.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    conditions.filter_map(|cfg| cfg.parse_args().ok()).any(|condition| needs_test(&condition))
}

/// Returns whether a condition of `cfg` can only be true in a test.
fn needs_test(condition: &Meta) -> bool {
    let parts = |list: &syn::MetaList| {
        let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        parts.unwrap_or_default()
    };
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => parts(list).iter().any(needs_test),
        Meta::List(list) if list.path.is_ident("any") => parts(list).iter().all(needs_test),
        _ => false,
    }
}
