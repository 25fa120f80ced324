package TestNginx::FastCgi;

# A FastCGI application that remembers the parameters it was given. It is an origin (see there), whose requests have
# parameters for headers: nginx makes HTTP_X_USER of every spelling that a program would not tell apart.

use v5.36;
use parent 'TestNginx::Origin';

my ($begin, $end, $params, $stdin, $stdout) = (1, 3, 4, 5, 6);    # types of records

sub respond ($self, $connection) {
    my ($id, %stream) = read_records($connection) or return;
    my @parameters = pairs($stream{$params} // '');
    my %named = map { @$_ } @parameters;
    $self->remember({ method => $named{REQUEST_METHOD} // '', uri => $named{REQUEST_URI} // '', headers => \@parameters, body => $stream{$stdin} // '' });
    $connection->print(record($stdout, $id, "Status: 200\r\nContent-Type: text/plain\r\n\r\nfastcgi"), record($stdout, $id, ''), record($end, $id, "\0" x 8));
    return $connection->close;
}

# The id of the request, and the content of each stream; nothing when the connection ends before.
sub read_records ($connection) {
    my %stream;
    while (1) {
        my ($type, $id, $length, $padding) = unpack 'x C n n C x', read_exactly($connection, 8) // return;
        my $content = read_exactly($connection, $length) // return;
        read_exactly($connection, $padding) // return;
        return ($id, %stream) if $type == $stdin && $length == 0;
        $stream{$type} .= $content;
    }
}

sub read_exactly ($connection, $size) {
    my $bytes = '';
    while (length $bytes < $size) {
        sysread($connection, $bytes, $size - length $bytes, length $bytes) or return;
    }
    return $bytes;
}

sub record ($type, $id, $content) { return pack('C C n n C C', 1, $type, $id, length $content, 0, 0) . $content }

# [name, value] of each pair; lengths from 128 on have four bytes.
sub pairs ($bytes) {
    my @pairs;
    while (length $bytes) {
        my ($name, $value) = map { take_length(\$bytes) } 1 .. 2;
        push @pairs, [substr($bytes, 0, $name, ''), substr($bytes, 0, $value, '')];
    }
    return @pairs;
}

sub take_length ($bytes) {
    my $length = ord $$bytes;
    return unpack 'C', substr $$bytes, 0, 1, '' if $length < 128;
    return 0x7fffffff & unpack 'N', substr $$bytes, 0, 4, '';
}

1;
