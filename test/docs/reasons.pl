#!/usr/bin/env perl
# Prints docs/REASONS.md: every reason of src/oauth/error.cpp and src/mcp/reason.cpp, with the cause and the fix from test/docs/reasons.txt.
# With "--table", what the status page says of each: rows of C++.
#
#   perl test/docs/reasons.pl > docs/REASONS.md
#   perl test/docs/reasons.pl --table > src/report/page/reasons.inc
use v5.36;
use FindBin '$Bin';
chdir "$Bin/../..";

sub slurp ($file) {
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
    local $/;
    return <$in>;
}

my $text = qr/((?:"(?:[^"\\]|\\.)*"\s*)+)/;  # C++ joins strings that follow each other
sub joined ($strings) { return join '', map { s/\\(.)/$1/gr } $strings =~ /"((?:[^"\\]|\\.)*)"/g }

# name => { text, status, error }
my %reasons;
my %of_function = (bad_token => [401, 'invalid_token'], bad_document => [503, '']);
my $errors = slurp('src/oauth/error.cpp');
while ($errors =~ /Row\{Error::(\w+),\s*(\w*)[({]"\w+",\s*$text(?:,\s*(\d+))?(?:,\s*"(\w+)")?\s*[)}]\}/g) {
    my ($name, $function, $strings, $status, $error) = ($1, $2, $3, $4, $5);
    my ($usual_status, $usual_error) = @{$of_function{$function} // []};
    $reasons{$name} = { text => joined($strings), status => $status // $usual_status, error => $error // $usual_error // '' };
}
my $transport = slurp('src/mcp/reason.cpp');
while ($transport =~ /\.name = "(\w+)",\s*\.text =\s*$text,\s*\.http_status = (\d+)/g) {
    $reasons{$1} = { text => joined($2), status => $3, error => '' };
}
my $rows = () = "$errors$transport" =~ /Row\{(?:Error|TransportError)::/g;
die "the tables have $rows rows, of which " . keys(%reasons) . " can be read\n" if $rows != keys %reasons;

my %file_keys = map { $_ => 1 } map { slurp($_) =~ /\.name = "(\w+)"/g } glob 'src/cli/settings/file/*keys.cpp';

sub settings_table ($name, $entry) {
    my @places = map { $entry->{$_} // '' } qw(directive variable file);
    return '' if "@places" =~ /^ *$/;
    die "$name: directive, variable and file are needed together; write \"none\"\n" if grep { $_ eq '' } @places;
    my @unknown = grep { !$file_keys{$_} } map { /[a-z_]+/g } map { s/:.*//r } $places[2] =~ /`([^`]+)`/g;
    die "$name: no key of the settings file is called @unknown\n" if @unknown;
    return "\n| Directive | Variable | File key |\n|---|---|---|\n| " . join(' | ', @places) . " |\n";
}

sub in_quotes ($text) { return '"' . $text =~ s/(["\\])/\\$1/gr . '"' }

my $is_table = "@ARGV" eq '--table';
sub print_page (@text) { print @text if !$is_table; return }

sub print_reason ($name, $entry, $has_status) {
    my $reason = delete $reasons{$name} // die "$name is no reason, or has two entries in test/docs/reasons.txt\n";
    length($entry->{$_} // '') or die "$name: $_ is missing\n" for qw(cause fix);
    return print "    {", join(', ', map { in_quotes($_) } $name, $reason->{text}, $entry->{fix}), "},\n" if $is_table;
    my $answer = $has_status ? join ' ', '. Status', $reason->{status}, $reason->{error} ? "with `$reason->{error}`" : () : '';
    print "\n### $name\n\n\"$reason->{text}\"$answer.\n\n- Cause: $entry->{cause}\n- Fix: $entry->{fix}\n", settings_table($name, $entry);
}

binmode STDOUT, ':encoding(UTF-8)';
print "// Made by test/docs/reasons.pl of test/docs/reasons.txt.\n" if $is_table;
my @every = sort keys %reasons;  # is listed before the first section
my ($has_status, $is_listed) = 1;
for my $paragraph (split /\n{2,}/, slurp('test/docs/reasons.txt') =~ s/^;.*\n+//mgr) {
    my ($first, @lines) = split /\n(?! )/, $paragraph =~ s/\n {4,}/ /gr;
    if ($first =~ /^[a-z_0-9]+$/) {
        my %entry = map { /^(\w+): (.*)$/s ? ($1, $2) : die "$first: \"$_\" is no field\n" } @lines;
        print_reason($first, \%entry, $has_status);
    } else {
        $has_status = $first !~ s/ \(no status\)$//;
        print_page "\n", join(', ', map { "[$_](#$_)" } @every), "\n" if $first =~ /^## / && @every && !$is_listed++;
        print_page $first =~ /^# / ? '' : "\n", join("\n", $first, @lines), "\n";
    }
}
my @missing = sort keys %reasons;
die "test/docs/reasons.txt does not explain: @missing\n" if @missing;
