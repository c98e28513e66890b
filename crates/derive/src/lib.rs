//! Declarations become constants: `#[derive(Fields)]`, `Embedded`, `Record` and `#[derive(Choice)]`.
//!
//! The macros read names, types and doc comments and emit tables of constants (names, help texts, accessors) and
//! nothing else. Behaviour is ordinary code beside the declaration. A field or a choice without a doc comment does not
//! compile, because that comment is what people read in forms, in the manual and in the API.

use proc_macro::TokenStream;
use proc_macro2::{Span, TokenStream as Tokens};
use quote::quote;
use syn::{Attribute, Data, DataEnum, DeriveInput, Error, Fields, LitStr, Result, parse_macro_input};

/// Emits `impl HasFields`: the table of a structure's fields.
///
/// Attributes of a field: `#[field(required)]` (demanded when the record comes into force), `own` (names the people who
/// count as the record's own), `immaterial` (a change does not touch what was signed), `index` (sorting by it is
/// common), `private` (people outside the ISMS team do not see it), `guarded` (only those see it who see everything that the
/// record is about, see `attestry_model::permit::sees_field`), `signed` (written by the act of signing alone), `name = "…"` (the wire name where it is not the
/// Rust name).
#[proc_macro_derive(Fields, attributes(field))]
pub fn derive_fields(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    fields(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// Emits `impl HasFields` and `impl Scalar` for a structure that is embedded in records and has no identity.
#[proc_macro_derive(Embedded, attributes(field))]
pub fn derive_embedded(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    embedded(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// Emits `impl Declared` (the kind's constants) and `impl HasFields`.
///
/// `#[record(prefix = "R", title = "Risk", plural = "Risks", steps = "5,6", clauses = "6.1.2 8.2", retention = "B")]`,
/// with `core` for the kinds that every ISMS needs and `fact` for those whose first state already states a fact.
#[proc_macro_derive(Record, attributes(record, field))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    record(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// Emits `impl Choice` for an enumeration without data: wire names (`snake_case`, or `#[choice("X")]`), labels, index.
#[proc_macro_derive(Choice, attributes(choice))]
pub fn derive_choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    choice(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// The doc comment as one text; lines are joined, an empty line starts a new paragraph.
fn help(attributes: &[Attribute], span: Span) -> Result<String> {
    let mut text = String::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("doc")) {
        let syn::Meta::NameValue(pair) = &attribute.meta else { continue };
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. }) = &pair.value else { continue };
        let line = line.value();
        let line = line.trim();
        if line.is_empty() {
            text.push_str("\n\n");
        } else {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push(' ');
            }
            text.push_str(line);
        }
    }
    if text.trim().is_empty() {
        return Err(Error::new(span, "needs a doc comment: it is the help text that people read"));
    }
    Ok(text.trim().to_owned())
}

/// `risk_owner` from `RiskOwner`.
fn snake(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// What `#[field(…)]` says.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent word of the attribute")]
struct FieldWords {
    required: bool,
    own: bool,
    immaterial: bool,
    index: bool,
    private: bool,
    guarded: bool,
    signed: bool,
    name: Option<String>,
}

fn field_words(attributes: &[Attribute]) -> Result<FieldWords> {
    let mut words = FieldWords::default();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("field")) {
        attribute.parse_nested_meta(|meta| {
            let flag = match meta.path.get_ident().map(ToString::to_string).as_deref() {
                Some("required") => &mut words.required,
                Some("own") => &mut words.own,
                Some("immaterial") => &mut words.immaterial,
                Some("index") => &mut words.index,
                Some("private") => &mut words.private,
                Some("guarded") => &mut words.guarded,
                Some("signed") => &mut words.signed,
                Some("name") => {
                    words.name = Some(meta.value()?.parse::<LitStr>()?.value());
                    return Ok(());
                }
                _ => return Err(meta.error("unknown word in #[field(…)]")),
            };
            *flag = true;
            Ok(())
        })?;
    }
    Ok(words)
}

fn fields(input: &DeriveInput) -> Result<Tokens> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "fields belong to a structure"));
    };
    let Fields::Named(named) = &data.fields else {
        return Err(Error::new_spanned(&input.ident, "fields need names"));
    };
    let owner = &input.ident;
    let (mut defs, mut entries) = (Vec::new(), Vec::new());
    for field in &named.named {
        let Some(ident) = &field.ident else { continue };
        let (ty, span) = (&field.ty, ident.span());
        let words = field_words(&field.attrs)?;
        let name = words.name.unwrap_or_else(|| ident.to_string());
        let help = help(&field.attrs, span)?;
        let FieldWords { required, own, immaterial, index, private, guarded, signed, .. } = words;
        let at = defs.len();
        defs.push(quote! {
            crate::field::FieldDef {
                name: #name,
                help: #help,
                ty: <#ty as crate::field::FieldValue>::TYPE,
                required: #required,
                own: #own,
                immaterial: #immaterial,
                index: #index,
                private: #private,
                guarded: #guarded,
                signed: #signed,
            }
        });
        entries.push(quote! {
            crate::field::Field {
                def: &<#owner as crate::field::HasFields>::DEFS[#at],
                get: |of: &#owner| crate::field::FieldValue::to_value(&of.#ident),
                set: |of: &mut #owner, value| {
                    of.#ident = crate::field::FieldValue::from_value(value)?;
                    Ok(())
                },
                refs: |of: &#owner, visit| crate::field::FieldValue::each_ref(&of.#ident, visit),
                key: |of: &#owner| crate::field::FieldValue::key(&of.#ident),
                is_empty: |of: &#owner| crate::field::FieldValue::is_empty(&of.#ident),
            }
        });
    }
    Ok(quote! {
        impl crate::field::HasFields for #owner {
            const DEFS: &'static [crate::field::FieldDef] = &[#(#defs),*];
            const FIELDS: &'static [crate::field::Field<Self>] = &[#(#entries),*];
        }
    })
}

fn embedded(input: &DeriveInput) -> Result<Tokens> {
    let (owner, fields) = (&input.ident, fields(input)?);
    Ok(quote! {
        #fields
        impl crate::field::Scalar for #owner {
            const TYPE: crate::field::Type = crate::field::Type::Struct(<Self as crate::field::HasFields>::DEFS);
            fn to_value(&self) -> ::serde_json::Value {
                crate::field::structure_value(self)
            }
            fn from_value(value: ::serde_json::Value) -> Result<Self, crate::field::Wrong> {
                crate::field::structure_from(value)
            }
            fn each_ref(&self, visit: &mut dyn FnMut(crate::reference::AnyRef)) {
                crate::field::structure_refs(self, visit);
            }
        }
    })
}

fn record(input: &DeriveInput) -> Result<Tokens> {
    let owner = &input.ident;
    let help = help(&input.attrs, owner.span())?;
    let name = snake(&owner.to_string());
    let (mut core, mut fact) = (false, false);
    let mut texts: Vec<(String, String)> = Vec::new();
    for attribute in input.attrs.iter().filter(|a| a.path().is_ident("record")) {
        attribute.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
            match word.as_str() {
                "core" => core = true,
                "fact" => fact = true,
                "prefix" | "title" | "plural" | "steps" | "clauses" | "retention" => {
                    texts.push((word, meta.value()?.parse::<LitStr>()?.value()));
                }
                _ => return Err(meta.error("unknown word in #[record(…)]")),
            }
            Ok(())
        })?;
    }
    let text = |word: &str| {
        texts
            .iter()
            .find(|(key, _)| key == word)
            .map(|(_, value)| value.clone())
            .ok_or_else(|| Error::new(owner.span(), format!("#[record(…)] lacks `{word} = \"…\"`")))
    };
    let (prefix, title, plural, clauses) = (text("prefix")?, text("title")?, text("plural")?, text("clauses")?);
    let retention = syn::Ident::new(&text("retention")?, owner.span());
    let steps = text("steps")?
        .split(',')
        .map(|step| step.trim().parse::<u8>().map_err(|_| Error::new(owner.span(), "steps are numbers from 1 to 12")))
        .collect::<Result<Vec<u8>>>()?;
    let fields = fields(input)?;
    Ok(quote! {
        impl crate::kind::Declared for #owner {
            const KIND: crate::records::Kind = crate::records::Kind::#owner;
            const WORDS: crate::kind::KindWords = crate::kind::KindWords {
                name: #name,
                prefix: #prefix,
                title: #title,
                plural: #plural,
                help: #help,
                steps: &[#(#steps),*],
                clauses: #clauses,
                retention: crate::kind::Retention::#retention,
                core: #core,
                fact: #fact,
            };
        }
        #fields
    })
}

fn choice(input: &DeriveInput) -> Result<Tokens> {
    let Data::Enum(DataEnum { variants, .. }) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "choices belong to an enumeration"));
    };
    let owner = &input.ident;
    let (mut entries, mut all) = (Vec::new(), Vec::new());
    for variant in variants {
        let ident = &variant.ident;
        let mut name = snake(&ident.to_string());
        for attribute in variant.attrs.iter().filter(|a| a.path().is_ident("choice")) {
            name = attribute.parse_args::<LitStr>()?.value();
        }
        let help = help(&variant.attrs, ident.span())?;
        let label = help.trim_end_matches('.');
        entries.push(quote! { crate::field::OptionWords { name: #name, label: #label } });
        all.push(quote! { Self::#ident });
    }
    Ok(quote! {
        impl crate::field::Choice for #owner {
            const ALL: &'static [Self] = &[#(#all),*];
            const OPTIONS: &'static [crate::field::OptionWords] = &[#(#entries),*];
            fn index(self) -> usize {
                self as usize
            }
        }
        impl ::core::fmt::Display for #owner {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(crate::field::Choice::name(*self))
            }
        }
    })
}
