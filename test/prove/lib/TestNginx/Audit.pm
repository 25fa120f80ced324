package TestNginx::Audit;

# Lines of $mcp_audit, and whether they are what docs/schemas/audit-record-1.schema.json says. The words of JSON Schema that this knows
# are those that the schema has; it dies at any other.

use v5.36;
use parent 'Exporter';

use Cwd            qw(abs_path);
use File::Basename qw(dirname);
use JSON::PP ();

our @EXPORT_OK = qw(audit_lines faults);

my $strict = JSON::PP->new->utf8;
my $folder = abs_path(dirname(__FILE__) . '/../../../..');
my $schema = $strict->decode(slurp("$folder/docs/schemas/audit-record-1.schema.json"));

sub slurp ($file) {
    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}

sub audit_lines ($file) {
    return if !-e $file;
    my $text = slurp($file);
    return split /\n/, $text =~ s/\n\z//r, -1;
}

# What is wrong with a line; nothing: it is as it should be.
sub faults ($line) {
    my $record = eval { $strict->decode($line) } // return "no JSON: $@";
    my @faults = $line =~ /[\x00-\x1F\x7F]|\xC2[\x80-\x9F]|\xE2\x80[\xA8-\xAE]/ ? 'a character that is no good in a log' : ();
    return @faults, against($schema, $record, 'record');
}

my %is_type = (
    object  => sub ($v) { ref $v eq 'HASH' },
    array   => sub ($v) { ref $v eq 'ARRAY' },
    string  => sub ($v) { !ref $v && !is_number($v) },
    integer => sub ($v) { is_number($v) && $v =~ /\A-?\d+\z/ },
    number  => sub ($v) { is_number($v) },
);

sub is_number ($v) { return !ref $v && $strict->encode([$v]) !~ /"/ }

my %check = (
    type       => sub ($rule, $v) { grep { $is_type{$_}->($v) } ref $rule ? @$rule : $rule },
    const      => sub ($rule, $v) { $v eq $rule },
    enum       => sub ($rule, $v) { grep { $v eq $_ } @$rule },
    pattern    => sub ($rule, $v) { $v =~ /$rule/ },
    maxLength  => sub ($rule, $v) { length $v <= $rule },
    minimum    => sub ($rule, $v) { $v >= $rule },
    maximum    => sub ($rule, $v) { $v <= $rule },
    required   => sub ($rule, $v) { !grep { !exists $v->{$_} } @$rule },
    properties => sub ($rule, $v) { 1 },
    items      => sub ($rule, $v) { 1 },
    additionalProperties => sub ($rule, $v) { 1 },
    map { $_ => sub { 1 } } qw($schema $id title description),
);

sub against ($rules, $value, $where) {
    my @faults = map { ($check{$_} // die "the schema has \"$_\"\n")->($rules->{$_}, $value) ? () : "$where: $_" } sort keys %$rules;
    if (ref $value eq 'HASH') {
        my $known = $rules->{properties} // {};
        push @faults, map { $known->{$_} ? against($known->{$_}, $value->{$_}, "$where.$_") : "$where.$_ is unknown" } sort keys %$value;
    }
    push @faults, map { against($rules->{items}, $_, "$where\[]") } @$value if ref $value eq 'ARRAY';
    return @faults;
}

1;
