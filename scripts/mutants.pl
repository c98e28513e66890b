# Writes the macros of the rules out as the Rust that they stand for, line by line, so that each line keeps its number.
use strict;
use warnings;

# `matches!(value, pattern if guard)` as the `match` that it is.
sub matches {
    my ($text) = @_;
    while ($text =~ /matches!\(/g) {
        my $from = $-[0];
        my ($at, $depth, $comma, $quoted) = ($+[0], 1, undef, 0);
        my $inner = $at;
        while ($depth > 0) {
            my $sign = substr $text, $at++, 1;
            if ($sign eq '"') { $quoted = !$quoted }
            next if $quoted;
            if ($sign =~ /[(\[{]/) { $depth++ }
            if ($sign =~ /[)\]}]/) { $depth-- }
            if ($sign eq ',' && $depth == 1) { $comma //= $at }
        }
        my $value = substr $text, $inner, $comma - 1 - $inner;
        my $pattern = substr $text, $comma, $at - 1 - $comma;
        substr $text, $from, $at - $from, "(match $value {$pattern => true, _ => false })";
        pos($text) = $from;
    }
    return $text;
}

for my $path (@ARGV) {
    open my $file, '<', $path or die "$path: $!";
    my @lines = <$file>;
    close $file;
    my ($inside, $manual, @names) = (0, '');
    for (@lines) {
        if (/^rules! \{$/) { $inside = 1; $_ = "\n"; next }
        next unless $inside;
        if (/^\}$/) {
            $inside = 0;
            $_ = 'pub(crate) const RULES: &[&crate::rule::Rule] = &[' . join(', ', map { "&$_" } @names) . "];\n";
        } elsif (m{^    ///(.*)$}) {
            my $words = $1;
            $words =~ s/(["\\])/\\$1/g;
            $manual .= "$words\\n";
        } elsif (/^    (\w+) = (".*?"), (\w+), step (\d+), clause (".*?");$/) {
            push @names, $1;
            $_ = "pub const $1: crate::rule::Rule = crate::rule::Rule { id: $2, severity: crate::rule::Severity::$3, "
                . "step: $4, clause: $5, manual: \"$manual\",\n";
            $manual = '';
        } elsif (/^    reads \[/) { s/reads \[/fields: &[/; s/\];$/],/ }
        elsif (/^    (?:says|fix|fails|holds) "/) {
            s/says /message: /; s/^    fix /    fix: /; s/^    fails /    fails: /; s/^    holds /    holds: /; s/;$/,/;
        } elsif (/^        ".*\];$/) { s/\];$/],/ }
        elsif (/^    (\|cx\|.*|\S.*)$/ && !/^    [\]})]/) { s/^    /    condition: / }
        # A condition ends with the only semicolon that stands at the end of a line of its depth.
        if ($inside && (/^    condition: .*;$/ && !/\{;?$/ || /^    [\]})]+;$/)) { s/;$/};/ }
    }
    my $text = matches(join '', @lines);
    open $file, '>', $path or die "$path: $!";
    print $file $text;
    close $file;
}
