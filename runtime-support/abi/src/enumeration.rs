//! The macro that makes an enumeration, with all its variants and their names,
//! from one list. Knows no enumeration.

/// Defines an enumeration from one list of variants and names, so that no
/// second list can fall behind it.
///
/// For `pub enum Level { Low = "low", High = "high", }` it defines the `enum`
/// and
///
/// * `Level::ALL`, an array of the variants in their order,
/// * `Level::name(self)`, the name, which [`Display`](core::fmt::Display)
///   writes too,
/// * `Level::from_name(name)`, the variant with a name, if there is one.
///
/// Where variants have numbers, as in `Low = 1 => "low"`, it also defines
/// `Level::from_number(number)`, the variant with a number, if there is one.
#[macro_export]
macro_rules! enumeration {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $Name:ident {
            $( $(#[$documentation:meta])* $Variant:ident = $name:literal, )+
        }
    ) => {
        $(#[$attribute])*
        $visibility enum $Name {
            $( $(#[$documentation])* $Variant, )+
        }

        $crate::enumeration!(@names $visibility $Name { $( $Variant $name )+ });
    };
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $Name:ident {
            $( $(#[$documentation:meta])* $Variant:ident = $number:literal => $name:literal, )+
        }
    ) => {
        $(#[$attribute])*
        $visibility enum $Name {
            $( $(#[$documentation])* $Variant = $number, )+
        }

        $crate::enumeration!(@names $visibility $Name { $( $Variant $name )+ });

        impl $Name {
            /// Returns the variant with this number, if there is one.
            $visibility fn from_number(number: u64) -> Option<$Name> {
                match number {
                    $( $number => Some($Name::$Variant), )+
                    _ => None,
                }
            }
        }
    };
    (@names $visibility:vis $Name:ident { $( $Variant:ident $name:literal )+ }) => {
        impl $Name {
            /// All variants, in the order of their definition.
            $visibility const ALL: [$Name; [$($name),+].len()] = [$( $Name::$Variant ),+];

            /// Returns the variant's name.
            $visibility const fn name(self) -> &'static str {
                match self {
                    $( $Name::$Variant => $name, )+
                }
            }

            /// Returns the variant with this name, if there is one.
            $visibility fn from_name(name: &str) -> Option<$Name> {
                match name {
                    $( $name => Some($Name::$Variant), )+
                    _ => None,
                }
            }
        }

        impl ::core::fmt::Display for $Name {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.write_str(self.name())
            }
        }
    };
}

#[cfg(test)]
mod tests {
    enumeration! {
        /// Two levels.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Level {
            /// The lower one.
            Low = 3 => "low",
            /// The upper one.
            High = 7 => "high",
        }
    }

    #[test]
    fn an_enumeration_knows_its_variants_by_name_and_number() {
        assert_eq!(Level::ALL, [Level::Low, Level::High]);
        assert_eq!(Level::ALL.map(Level::name), ["low", "high"]);
        assert_eq!(Level::from_name("high"), Some(Level::High));
        assert_eq!(Level::from_name("middle"), None);
        assert_eq!(Level::from_number(3), Some(Level::Low));
        assert_eq!(Level::from_number(4), None);
    }
}
