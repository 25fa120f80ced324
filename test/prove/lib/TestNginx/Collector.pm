package TestNginx::Collector;

# A collector of traces (OTLP/HTTP in JSON): an origin that can misbehave, and the spans that it was sent.

use v5.36;
use parent 'TestNginx::Origin';

use JSON::PP ();
use TestNginx::Origin;

my $path = '/v1/traces';

sub begin ($class) {
    my $self = $class->SUPER::start;
    $self->takes;
    return $self;
}

sub url ($self) { return 'http://127.0.0.1:' . $self->port . $path }

# What it answers from now on; without anything it takes all spans.
sub takes ($self, %answer) { return $self->answer($path, body => '{}', %answer) }

sub posts ($self) { my @posts = $self->requests($path); return @posts }

# All spans that came, oldest first; or those of a trace.
sub spans ($self, $trace = undef) {
    my @requests = map { JSON::PP::decode_json($_->{body}) } $self->posts;
    my @spans    = map { @{ $_->{spans} } } map { @{ $_->{scopeSpans} } } map { @{ $_->{resourceSpans} } } @requests;
    @spans = grep { $_->{traceId} eq $trace } @spans if defined $trace;
    return @spans;
}

# The attributes of a span, or of anything that has some, as a hash.
sub attributes ($of) {
    return { map { ($_->{key}, $_->{value}{stringValue} // $_->{value}{intValue}) } @{ $of->{attributes} } };
}

1;
